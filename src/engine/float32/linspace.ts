import { fma } from './fma.ts';

const f32 = Math.fround;
/** Vector width of the x86 code to match: two vectors of eight per iteration. */
const LANES = 8;
const UNROLLED = 2 * LANES;

/**
 * `n` evenly spaced f32 values from a to b inclusive (only a for n = 1), rounded as by torch.linspace: the
 * first half counts up from a, the second down from b, and groups of eight share one fused base.
 */
export function linspace(a: number, b: number, n: number): Float32Array {
  const start = f32(a);
  if (n === 1) return Float32Array.of(start);
  const end = f32(b);
  const step = f32(f32(end - start) / (n - 1));
  const middle = Math.floor(n / 2);
  const grouped = Math.floor(n / UNROLLED) * UNROLLED;
  const single = (i: number): number => (i < middle ? fma(step, i, start) : fma(-step, n - 1 - i, end));
  return Float32Array.from({ length: n }, (_, i) => {
    if (i >= grouped) return single(i);
    const lane = i % LANES;
    return single(i - lane) + f32(step * lane);
  });
}
