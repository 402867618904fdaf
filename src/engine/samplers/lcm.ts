import { combine } from '../float32/vec.ts';
import type { Sampler } from './sampler.ts';

/**
 * Multistep consistency sampling, Luo et al. 2023: jumps to the image and adds fresh noise up to the next
 * level.
 */
export const lcm: Sampler = async (x, run) => {
  for (const step of run.steps) {
    x = await run.predict(x, step);
    if (step.next > 0) x = combine(run.path.alpha(step.next), x, step.next, run.noise());
  }
  return x;
};
