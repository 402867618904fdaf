import { add, slope, weightedSum, type Vec } from '../float32/vec.ts';
import { lagrangeIntegrals } from './lagrange.ts';
import type { Sampler } from './sampler.ts';

const ORDER = 4;

/**
 * Linear multistep (Adams–Bashforth for unequal steps) in σ: integrates the polynomial through the last
 * slopes.
 */
export const lms: Sampler = async (x, run) => {
  const slopes: Vec[] = []; // newest first
  for (const step of run.steps) {
    const denoised = await run.predict(x, step);
    if (step.next === 0) return denoised;
    slopes.unshift(slope(x, denoised, step.sigma));
    slopes.length = Math.min(slopes.length, ORDER);
    const nodes = slopes.map((_, j) => run.sigmas[step.index - j]!);
    x = add(x, 1, weightedSum(lagrangeIntegrals(nodes, step.sigma, step.next), slopes));
  }
  return x;
};
