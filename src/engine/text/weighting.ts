import { DivergedError, NonFiniteError } from '../errors.ts';

/** Whether any weight differs from 1, so that the empty prompt must be encoded as well. */
export const isWeighted = (weights: readonly (readonly number[])[]): boolean =>
  weights.some((chunk) => chunk.some((weight) => weight !== 1));

/**
 * ComfyUI's weighting: moves each token's state away from the empty prompt's by its weight, z ← (z − e)·w + e
 * in f32. `states` is [chunks, tokens, width], `empty` [tokens, width], `weights` [chunks][tokens]. Returns a
 * new array. Throws DivergedError if a weight leads to NaN or infinity, NonFiniteError if the encoder
 * returned them.
 */
export function applyWeights(
  states: Float32Array,
  empty: Float32Array,
  weights: readonly (readonly number[])[],
  width: number,
): Float32Array {
  const z = states.slice();
  let at = 0;
  for (const chunk of weights) {
    if (chunk.length * width !== empty.length) {
      throw new RangeError(`empty: expected ${chunk.length} × ${width} values, got ${empty.length}`);
    }
    for (const [token, weight] of chunk.entries()) {
      if (weight !== 1) {
        const w = Math.fround(weight);
        for (let i = 0; i < width; i++) {
          const e = empty[token * width + i]!;
          z[at + i] = Math.fround(Math.fround(z[at + i]! - e) * w) + e;
          if (!Number.isFinite(z[at + i]!)) throw notFinite(states[at + i]! - e, weight);
        }
      }
      at += width;
    }
  }
  if (at !== states.length) throw new RangeError(`states: expected ${at} values, got ${states.length}`);
  return z;
}

const notFinite = (encoded: number, weight: number): Error =>
  Number.isFinite(encoded)
    ? new DivergedError(`the weight ${weight} is too large for a prompt`)
    : new NonFiniteError(
        'the text encoder returned numbers that are not finite: an overflow on this device, or the checkpoint is damaged',
      );
