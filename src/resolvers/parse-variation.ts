import { InputError } from '../input-error.ts';
import type { JobVariation } from '../jobs/request.ts';

/** `VariationInput` as it arrives. */
export interface VariationInput {
  /** Unsigned 64-bit; null and -1 draw one. */
  readonly seed?: bigint | null | undefined;
  readonly strength: number;
}

/** Inclusive bounds of the strength. */
export const VARIATION_STRENGTH_LIMITS = [0, 1] as const;

/** Checks a variation, and draws its seed if none is given; calls `fault` for each problem. */
export function parseVariation(
  { seed, strength }: VariationInput,
  draw: () => bigint,
  fault: (error: InputError) => void,
): JobVariation {
  const [least, most] = VARIATION_STRENGTH_LIMITS;
  if (!(strength >= least && strength <= most)) {
    const message = `variation.strength must be from ${least} to ${most}, got ${strength}`;
    fault(new InputError('INVALID_VALUE', ['input', 'variation', 'strength'], message));
  }
  return { seed: String(seed == null || seed === -1n ? draw() : seed), strength };
}
