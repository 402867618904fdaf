import { exp } from '../float32/cephes.ts';
import { add, combine, type Vec } from '../float32/vec.ts';
import { ancestralSplit, halfwayLambda } from './noise-path.ts';
import type { Sampler } from './sampler.ts';
import { stepsOfFiniteLambda } from './sde-step.ts';

/**
 * DPM-Solver++ (SDE), Lu et al. 2022 and Crowson 2022, with r = 1/2: the prediction at the midpoint in λ is
 * used for the whole step. The noise is split off as in ancestral sampling, on the noise-to-signal ratio
 * e^-λ.
 */
export const dpmppSde: Sampler = async (x, run) => {
  const { path } = run;
  for (const step of stepsOfFiniteLambda(run)) {
    const { sigma, next } = step;
    const from = exp(-path.lambda(sigma));
    const stage = (target: Vec, to: number, lambda: number): Vec => {
      const { down, up } = ancestralSplit(from, exp(-lambda), run.eta);
      const shrink = down / from;
      const alpha = path.alpha(to);
      const mean = combine((alpha / path.alpha(sigma)) * shrink, x, alpha * (1 - shrink), target);
      return up > 0 ? add(mean, alpha * up, run.brownian(sigma, to)) : mean;
    };
    const denoised = await run.predict(x, step);
    if (next === 0) return denoised;
    const halfway = halfwayLambda(path, sigma, next);
    const mid = path.sigma(halfway);
    x = stage(await run.evaluate(stage(denoised, mid, halfway), mid), next, path.lambda(next));
  }
  return x;
};
