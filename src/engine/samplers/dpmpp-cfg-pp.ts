import { exp, expm1 } from '../float32/cephes.ts';
import { add, combine, subtract, type Vec } from '../float32/vec.ts';
import { timeOf } from './exponential-step.ts';
import { ancestralSplit } from './noise-path.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;

/*
 * DPM-Solver++, Lu et al. 2022, with the guidance of CFG++, Chung et al. 2024: steps to the guided image and adds
 * noise along the unconditional direction.
 */

/** DPM-Solver++(2M) with CFG++ guidance. λ = -ln σ for flow models as well. */
export const dpmpp2mCfgPp: Sampler = async (x, run) => {
  let last: { uncond: Vec; h: number } | undefined;
  for (const step of run.steps) {
    const { denoised, uncond } = await run.predictBoth(x, step);
    const h = f32(timeOf(step.next) - timeOf(step.sigma));
    const kept = exp(-h);
    let target = add(denoised, -kept, uncond);
    if (last && step.next > 0)
      target = add(target, -expm1(-h) / (2 * f32(last.h / h)), subtract(denoised, last.uncond));
    x = add(target, kept, x);
    last = { uncond, h };
  }
  return x;
};

/** DPM-Solver++(2S) with CFG++ guidance and ancestral noise: a second evaluation at the midpoint in ln σ. */
export const dpmpp2sAncestralCfgPp: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const { sigma, next } = step;
    const { down, up } = ancestralSplit(sigma, next, run.eta);
    const { denoised, uncond } = await run.predictBoth(x, step);
    if (down === 0) {
      x = denoised;
    } else {
      const h = Math.log(sigma / down);
      const guidance = subtract(denoised, uncond);
      const middle = Math.sqrt(sigma * down);
      const halfway = combine(middle / sigma, add(x, 1, guidance), -Math.expm1(-h / 2), denoised);
      const second = await run.evaluateBoth(halfway, middle);
      const moved = add(x, 1, subtract(denoised, second.uncond));
      x = combine(down / sigma, moved, -Math.expm1(-h), second.denoised);
    }
    if (next > 0) x = add(x, up, run.noise());
  }
  return x;
};
