import { exp, log } from '../float32/cephes.ts';
import { combine, eulerStep, slope, add, type Vec } from '../float32/vec.ts';
import type { Run, Sampler, Step } from './sampler.ts';

const f32 = Math.fround;

/** Midpoint rule in ln σ from `step.sigma` to `to`; Euler if `to` is 0. */
async function midpointStep(x: Vec, run: Run, step: Step, to: number): Promise<Vec> {
  const { sigma } = step;
  const denoised = await run.predict(x, step);
  if (to === 0) return eulerStep(x, denoised, sigma, to);
  const mid = exp(halfway(log(sigma), log(to)));
  const x2 = eulerStep(x, denoised, sigma, mid);
  return add(x, to - sigma, slope(x2, await run.evaluate(x2, mid), mid));
}

/** The midpoint, computed from the end, as the reference's interpolation rounds it. */
const halfway = (from: number, to: number): number => f32(to - f32(f32(to - from) / 2));

/**
 * DPM-Solver-2, Lu et al. 2022, in the form of Karras et al. 2022: a second evaluation at the midpoint in ln
 * σ.
 */
export const dpm2: Sampler = async (x, run) => {
  for (const step of run.steps) x = await midpointStep(x, run, step, step.next);
  return x;
};

/** DPM-Solver-2 with ancestral noise. */
export const dpm2Ancestral: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const { down, keep, up } = run.path.ancestral(step.sigma, step.next, run.eta);
    x = await midpointStep(x, run, step, down);
    if (step.next > 0) x = combine(keep, x, up, run.noise());
  }
  return x;
};
