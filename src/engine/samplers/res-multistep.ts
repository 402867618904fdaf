import { add, combine, eulerStep, slope, type Vec } from '../float32/vec.ts';
import { ancestralSplit } from './noise-path.ts';
import type { Run, Sampler, Step } from './sampler.ts';

/**
 * The previous prediction and the step for which it was used: from the level at which it was made down to
 * another.
 */
interface Served {
  readonly prediction: Vec;
  readonly from: number;
  readonly down: number;
}

/** The inputs of a step: the prediction to integrate, the image at which to end, and x. */
interface Estimate {
  readonly x: Vec;
  readonly prediction: Vec;
  readonly denoised: Vec;
}

type Estimator = (x: Vec, run: Run, step: Step) => Promise<Estimate>;

const guided: Estimator = async (x, run, step) => {
  const denoised = await run.predict(x, step);
  return { x, prediction: denoised, denoised };
};

/**
 * CFG++: follows the unconditional prediction, from an x that is moved by the difference between guided and
 * unconditional image.
 */
const guidedPlusPlus: Estimator = async (x, run, step) => {
  const { denoised, uncond } = await run.predictBoth(x, step);
  return { x, prediction: uncond, denoised };
};

/** Euler step to `down`; with CFG++ it starts from the guided image and follows the unconditional slope. */
const firstStep = ({ x, prediction, denoised }: Estimate, sigma: number, down: number): Vec =>
  prediction === denoised
    ? eulerStep(x, denoised, sigma, down)
    : add(denoised, down, slope(x, prediction, sigma));

/** Second-order exponential integrator in ln σ of the line through this prediction and the last one. */
function secondStep({ x, prediction, denoised }: Estimate, sigma: number, down: number, last: Served): Vec {
  const h = Math.log(sigma / down);
  const c2 = Math.log(last.down / last.from) / h;
  const phi1 = -Math.expm1(-h) / h;
  const phi2 = (1 - phi1) / h;
  const b2 = finiteOr0(phi2 / c2);
  const b1 = finiteOr0(phi1 - phi2 / c2);
  const moved = prediction === denoised ? x : add(x, 1, combine(1, denoised, -1, prediction));
  return add(combine(Math.exp(-h), moved, h * b1, prediction), h * b2, last.prediction);
}

const finiteOr0 = (value: number): number => (Number.isNaN(value) ? 0 : value);

/**
 * RES, Zhang et al. 2023, "Improved order analysis and design of exponential integrator for diffusion models
 * sampling": the second-order multistep form, in σ on every path, with ancestral noise.
 */
const multistep =
  (estimate: Estimator, eta: (run: Run) => number): Sampler =>
  async (x, run) => {
    let last: Served | undefined;
    for (const step of run.steps) {
      const { sigma, next } = step;
      const { down, up } = ancestralSplit(sigma, next, eta(run));
      const found = await estimate(x, run, step);
      x = last && down > 0 ? secondStep(found, sigma, down, last) : firstStep(found, sigma, down);
      if (next > 0 && up > 0) x = add(x, up, run.noise());
      last = { prediction: found.prediction, from: sigma, down };
    }
    return x;
  };

/** RES without noise. */
export const resMultistep = multistep(guided, () => 0);

/** RES with ancestral noise. */
export const resMultistepAncestral = multistep(guided, ({ eta }) => eta);

/** RES with CFG++ guidance. */
export const resMultistepCfgPp = multistep(guidedPlusPlus, () => 0);

/** RES with CFG++ guidance and ancestral noise. */
export const resMultistepAncestralCfgPp = multistep(guidedPlusPlus, ({ eta }) => eta);
