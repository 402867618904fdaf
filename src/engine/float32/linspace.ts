import { fma } from './fma.ts';

const f32 = Math.fround;
/** Vector width of the x86 code that the values must agree with: two vectors of eight per turn. */
const LANES = 8;
const UNROLLED = 2 * LANES;

/**
 * `n` evenly spaced f32 values from a to b inclusive (just a for n = 1), rounded as torch.linspace rounds them: the
 * first half counts up from a and the second down from b; groups of eight share one fused base.
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
