import type { Sampler } from './sampler.ts';
import { approach, combine } from './vec.ts';

/** DPM-Solver++(2S), Lu et al. 2022, with ancestral noise: one evaluation more, half way in λ. */
export const dpmpp2sAncestral: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const { sigma, next } = step;
    const { down, keep, up } = run.path.ancestral(sigma, next);
    let target = await run.predict(x, step);
    if (down > 0) {
      const mid = run.path.midpoint(sigma, down);
      target = await run.evaluate(approach(x, target, mid / sigma), mid);
    }
    x = approach(x, target, down / sigma);
    if (next > 0) x = combine(keep, x, up, run.noise());
  }
  return x;
};
