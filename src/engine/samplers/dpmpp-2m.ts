import { combine, type Vec } from '../float32/vec.ts';
import { exponentialStep, timeOf } from './exponential-step.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;

/** A prediction, and the length in λ of the step for which it was used. */
export interface ServedPrediction {
  readonly denoised: Vec;
  readonly h: number;
}

/**
 * The prediction at the middle of a step of length h, on the line through the previous prediction and this
 * one.
 */
export function extrapolate(denoised: Vec, h: number, last: ServedPrediction | undefined): Vec {
  if (!last || h === Infinity) return denoised; // the last step ends at the prediction itself
  const lead = f32(1 / (2 * f32(last.h / h)));
  return combine(1 + lead, denoised, -lead, last.denoised);
}

/**
 * DPM-Solver++(2M), Lu et al. 2022: second order from the previous prediction, without an extra evaluation. λ
 * = -ln σ for flow models as well.
 */
export const dpmpp2m: Sampler = async (x, run) => {
  let last: ServedPrediction | undefined;
  for (const step of run.steps) {
    const denoised = await run.predict(x, step);
    const [from, to] = [timeOf(step.sigma), timeOf(step.next)];
    const h = f32(to - from);
    x = exponentialStep(x, extrapolate(denoised, h, last), { from, to, h });
    last = { denoised, h };
  }
  return x;
};
