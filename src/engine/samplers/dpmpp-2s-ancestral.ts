import { exp, log } from '../float32/cephes.ts';
import { approach, combine, eulerStep, type Vec } from '../float32/vec.ts';
import { exponentialStep, timeOf } from './exponential-step.ts';
import type { Run, Sampler } from './sampler.ts';

const f32 = Math.fround;

/** DPM-Solver++(2S), Lu et al. 2022, with ancestral noise: a second evaluation at the midpoint in λ. */
export const dpmpp2sAncestral: Sampler = async (x, run) => {
  const solve = { diffusion: diffusionStep, flow: flowStep }[run.path.name];
  for (const step of run.steps) {
    const { sigma, next } = step;
    const { down, keep, up } = run.path.ancestral(sigma, next, run.eta);
    const denoised = await run.predict(x, step);
    x = down > 0 ? await solve(x, denoised, sigma, down, run) : eulerStep(x, denoised, sigma, down);
    if (next > 0) x = combine(keep, x, up, run.noise());
  }
  return x;
};

/** From σ to `down`, in the time t = -ln σ. */
async function diffusionStep(x: Vec, denoised: Vec, sigma: number, down: number, run: Run): Promise<Vec> {
  const [from, to] = [timeOf(sigma), timeOf(down)];
  const h = f32(to - from);
  const middle = f32(from + h / 2);
  const halfway = exponentialStep(x, denoised, { from, to: middle, h: h / 2 });
  return exponentialStep(x, await run.evaluate(halfway, exp(-middle)), { from, to, h });
}

/** The highest σ at which λ of a flow model is finite and usable. */
const ALMOST_NOISE = 0.9999;

/** From σ to `down`, in λ = ln((1 - σ)/σ). */
async function flowStep(x: Vec, denoised: Vec, sigma: number, down: number, run: Run): Promise<Vec> {
  const lambda = (sigma: number) => log(f32(f32(1 - sigma) / sigma));
  const middle = f32(lambda(sigma) + f32(lambda(down) - lambda(sigma)) / 2);
  const mid = sigma === 1 ? ALMOST_NOISE : f32(1 / f32(exp(middle) + 1));
  const halfway = approach(x, denoised, f32(mid / sigma));
  return approach(x, await run.evaluate(halfway, mid), f32(down / sigma));
}
