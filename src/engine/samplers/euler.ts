import { add, combine, eulerStep, scale, slope } from '../float32/vec.ts';
import { ancestralSplit } from './noise-path.ts';
import type { Run, Sampler } from './sampler.ts';

const f32 = Math.fround;

/**
 * Euler's method on the probability flow ODE: Karras et al. 2022, algorithm 2 without its correction; equals
 * DDIM (Song et al. 2020).
 */
export const euler: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const denoised = await run.predict(x, step);
    x = eulerStep(x, denoised, step.sigma, step.next);
  }
  return x;
};

/** Ancestral sampling with Euler steps: steps below the schedule's next level, then adds noise up to it. */
export const eulerAncestral: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const denoised = await run.predict(x, step);
    const { down, keep, up } = run.path.ancestral(step.sigma, step.next, run.eta);
    x = down > 0 ? run.path.eulerStep(x, denoised, step.sigma, down) : denoised;
    if (step.next > 0) x = combine(keep, x, up, run.noise());
  }
  return x;
};

/**
 * CFG++, Chung et al. 2024: steps to the guided image and adds noise along the unconditional direction. η as
 * in ancestral sampling, applied to the noise-to-signal ratio σ/α.
 */
const cfgPp =
  (eta: (run: Run) => number): Sampler =>
  async (x, run) => {
    const { path } = run;
    for (const step of run.steps) {
      const { denoised, uncond } = await run.predictBoth(x, step);
      if (step.next === 0) return denoised;
      const alpha = path.alphaOfLambda(step.sigma);
      const alphaNext = path.alphaOfLambda(step.next);
      const { down, up } = ancestralSplit(f32(step.sigma / alpha), f32(step.next / alphaNext), eta(run));
      const d = slope(x, scale(alpha, uncond), step.sigma);
      x = combine(alphaNext, denoised, alphaNext * down, d);
      if (up > 0) x = add(x, up, scale(alphaNext, run.noise()));
    }
    return x;
  };

/** Deterministic CFG++. */
export const eulerCfgPp = cfgPp(() => 0);

/** CFG++ with ancestral noise. */
export const eulerAncestralCfgPp = cfgPp(({ eta }) => eta);
