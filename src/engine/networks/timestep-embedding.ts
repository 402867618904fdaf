import { exp } from '../float32/cephes.ts';
import type { Tensor } from '../graph/graph.ts';
import { cast, concat, cos, multiply, reshape, sin } from '../graph/ops.ts';

/** Frequencies 10000^(-i/n), i < n (Vaswani et al. 2017), rounded to float32 where the reference rounds. */
function frequencies(n: number): Float32Array {
  const { fround } = Math;
  const exponent = fround(-Math.log(10_000));
  return Float32Array.from({ length: n }, (_, i) => exp(fround(fround(exponent * i) / n)));
}

/**
 * Sinusoidal embedding of t [B] → [B,width], cosines first (Ho et al. 2020, in Dhariwal & Nichol's order).
 * Angles are float32: half precision cannot distinguish timesteps.
 */
export function timestepEmbedding(t: Tensor, width: number): Tensor {
  const rates = t.graph.constant(frequencies(width / 2), [1, width / 2]);
  const angles = multiply(reshape(t, [t.dim(0), 1]), rates);
  return cast(concat([cos(angles), sin(angles)], 1), t.graph.compute);
}

/** The same outside a graph: n numbers → n·width values. */
export function embedNumbers(numbers: readonly number[], width: number): Float32Array {
  const rates = frequencies(width / 2);
  const out = new Float32Array(numbers.length * width);
  numbers.forEach((number, row) => {
    rates.forEach((rate, i) => {
      const angle = Math.fround(Math.fround(number) * rate);
      out[row * width + i] = Math.cos(angle);
      out[row * width + rates.length + i] = Math.sin(angle);
    });
  });
  return out;
}
