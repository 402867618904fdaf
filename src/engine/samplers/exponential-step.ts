import { exp, expm1, log } from '../float32/cephes.ts';
import { combine, type Vec } from '../float32/vec.ts';

/** DPM-Solver's time of a σ, t = -ln σ. */
export const timeOf = (sigma: number): number => -log(sigma);

/** A step in time. All three values are rounded independently. */
export interface TimeStep {
  readonly from: number;
  readonly to: number;
  readonly h: number;
}

/** First-order DPM-Solver++, Lu et al. 2022: exact if the prediction stays `denoised`. */
export function exponentialStep(x: Vec, denoised: Vec, { from, to, h }: TimeStep): Vec {
  return combine(exp(-to) / exp(-from), x, -expm1(-h), denoised);
}
