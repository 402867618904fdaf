import { add, eulerStep, slope, subtract, type Vec } from '../float32/vec.ts';
import type { Sampler } from './sampler.ts';

/** Moves x by the change of the slope since the last step, times the length of this step (γ = 2). */
const correct = (x: Vec, d: Vec, last: Vec | undefined, length: number): Vec =>
  last ? add(x, length, subtract(d, last)) : x;

/**
 * Gradient estimation, Permenter and Yuan 2023, "Interpreting and improving diffusion models from an
 * optimization perspective", algorithm 2: Euler steps corrected by the error of the last slope.
 */
export const gradientEstimation: Sampler = async (x, run) => {
  let last: Vec | undefined;
  for (const step of run.steps) {
    const { sigma, next } = step;
    const denoised = await run.predict(x, step);
    if (next === 0) return denoised;
    const d = slope(x, denoised, sigma);
    x = correct(eulerStep(x, denoised, sigma, next), d, last, next - sigma);
    last = d;
  }
  return x;
};

/** The same with CFG++ guidance: steps to the guided image and adds noise along the unconditional slope. */
export const gradientEstimationCfgPp: Sampler = async (x, run) => {
  let last: Vec | undefined;
  for (const step of run.steps) {
    const { sigma, next } = step;
    const { denoised, uncond } = await run.predictBoth(x, step);
    if (next === 0) return denoised;
    const d = slope(x, uncond, sigma);
    x = correct(add(denoised, next, d), d, last, next - sigma);
    last = d;
  }
  return x;
};
