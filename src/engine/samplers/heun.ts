import { add, combine, slope, weightedSum, type Vec } from '../float32/vec.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;

/** Heun's second-order method, Karras et al. 2022, algorithm 2 without churn. */
export const heun: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const { sigma, next } = step;
    const h = next - sigma;
    const d = slope(x, await run.predict(x, step), sigma);
    const x2 = add(x, h, d);
    if (next === 0) return x2;
    const d2 = slope(x2, await run.evaluate(x2, next), next);
    x = add(x, h, combine(1 / 2, d, 1 / 2, d2));
  }
  return x;
};

/**
 * Heun++ (no paper; from Carzit's extension of the Stable Diffusion web UI): combines the slopes here and up
 * to two steps ahead. The latter are weighted by their σ relative to the first σ. The final level is skipped.
 */
export const heunpp2: Sampler = async (x, run) => {
  const { sigmas } = run;
  const end = sigmas.at(-1)!;
  for (const step of run.steps) {
    const levels = sigmas.subarray(step.index, step.index + 3).filter((sigma, k) => k === 0 || sigma !== end);
    const slopes: Vec[] = [];
    let ahead = x;
    for (const [k, sigma] of levels.entries()) {
      const denoised = k === 0 ? await run.predict(x, step) : await run.evaluate(ahead, sigma);
      slopes.push(slope(ahead, denoised, sigma));
      ahead = add(ahead, sigmas[step.index + k + 1]! - sigma, slopes[k]!);
    }
    const later = Array.from(levels.subarray(1), (sigma) => f32(sigma / f32(levels.length * sigmas[0]!)));
    const here = later.reduce((rest, w) => f32(rest - w), 1);
    x = add(x, step.next - step.sigma, weightedSum([here, ...later], slopes));
  }
  return x;
};
