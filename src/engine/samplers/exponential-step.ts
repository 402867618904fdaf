import { exp, expm1, log } from '../float32/cephes.ts';
import { combine, type Vec } from '../float32/vec.ts';

/** The time of a σ in DPM-Solver's sense, t = -ln σ. */
export const timeOf = (sigma: number): number => -log(sigma);

/** A step in time. Its length is given beside its ends, since each of the three is rounded for itself. */
export interface TimeStep {
  readonly from: number;
  readonly to: number;
  readonly h: number;
}

/** DPM-Solver++, Lu et al. 2022, first order: exact while the prediction stays `denoised`. */
export function exponentialStep(x: Vec, denoised: Vec, { from, to, h }: TimeStep): Vec {
  return combine(exp(-to) / exp(-from), x, -expm1(-h), denoised);
}
