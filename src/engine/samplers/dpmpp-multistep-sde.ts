import { combine, scale, subtract, weightedSum, type Vec } from '../float32/vec.ts';
import { extrapolate, type ServedPrediction } from './dpmpp-2m.ts';
import type { Sampler } from './sampler.ts';
import { sdeStep, stepsOfFiniteLambda } from './sde-step.ts';

/** SDE-DPM-Solver++(2M), Lu et al. 2022: the prediction is extrapolated to the middle of the step. */
export const dpmpp2mSde: Sampler = async (x, run) => {
  let last: ServedPrediction | undefined;
  for (const step of stepsOfFiniteLambda(run)) {
    const denoised = await run.predict(x, step);
    if (step.next === 0) return denoised;
    const h = run.path.lambda(step.next) - run.path.lambda(step.sigma);
    x = sdeStep(x, extrapolate(denoised, h, last), step, run);
    last = { denoised, h };
  }
  return x;
};

/**
 * Creates an exponential integrator of the polynomial in λ through this prediction and up to `past` previous
 * ones.
 */
const integrated =
  (past: number): Sampler =>
  async (x, run) => {
    const served: ServedPrediction[] = []; // newest first
    for (const step of stepsOfFiniteLambda(run)) {
      const denoised = await run.predict(x, step);
      if (step.next === 0) return denoised;
      const h = run.path.lambda(step.next) - run.path.lambda(step.sigma);
      x = sdeStep(x, integratedTarget(denoised, h, served, run.eta), step, run);
      served.unshift({ denoised, h });
      served.length = Math.min(served.length, past);
    }
    return x;
  };

/** SDE-DPM-Solver++(2M) that integrates the line through both predictions (Heun's correction). */
export const dpmpp2mSdeHeun = integrated(1);

/** SDE-DPM-Solver++(3M) (Crowson 2023): integrates the parabola through three predictions. */
export const dpmpp3mSde = integrated(2);

/**
 * The constant prediction that is equivalent to the line or parabola through this prediction and the previous
 * ones over a step of length h.
 */
function integratedTarget(
  denoised: Vec,
  h: number,
  [one, two]: readonly ServedPrediction[],
  eta: number,
): Vec {
  if (!one) return denoised;
  // φ-functions of (1 + η)h, relative to the weight of a constant prediction.
  const length = (1 + eta) * h;
  const weight = -Math.expm1(-length);
  const phi2 = 1 - weight / length;
  const phi3 = phi2 / length - 0.5;
  const r0 = one.h / h;
  const d10 = scale(1 / r0, subtract(denoised, one.denoised));
  if (!two) return weightedSum([1, phi2 / weight], [denoised, d10]);
  const r1 = two.h / h;
  const d11 = scale(1 / r1, subtract(one.denoised, two.denoised));
  const d2 = scale(1 / (r0 + r1), subtract(d10, d11));
  const d1 = combine(1, d10, r0, d2);
  return weightedSum([1, phi2 / weight, -phi3 / weight], [denoised, d1, d2]);
}
