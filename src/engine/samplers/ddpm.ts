import { add, divide, scale, slope } from '../float32/vec.ts';
import { unitDeviation } from './noise-path.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;

/**
 * DDPM ancestral sampling, Ho et al. 2020, equation 11 with the posterior's variance, in its
 * variance-preserving variables: x/√(1 + σ²) and ᾱ = 1/(1 + σ²). Their differences vanish for small σ, so
 * they are rounded to f32 as in the reference.
 */
export const ddpm: Sampler = async (x, run) => {
  for (const step of run.steps) {
    const { sigma, next } = step;
    const noise = slope(x, await run.predict(x, step), sigma);
    const abar = alphaBar(sigma);
    const abarNext = alphaBar(next);
    const alpha = f32(abar / abarNext);
    const beta = f32(1 - alpha);
    const vp = divide(x, unitDeviation(sigma));
    const mean = add(vp, -1, divide(scale(beta, noise), Math.sqrt(f32(1 - abar))));
    x = scale(Math.sqrt(f32(1 / alpha)), mean);
    if (next === 0) continue;
    const variance = f32(f32(beta * f32(1 - abarNext)) / f32(1 - abar));
    x = scale(unitDeviation(next), add(x, Math.sqrt(variance), run.noise()));
  }
  return x;
};

const alphaBar = (sigma: number): number => f32(1 / f32(1 + f32(sigma * sigma)));
