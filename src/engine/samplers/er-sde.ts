import { add, combine, scale, subtract, type Vec } from '../float32/vec.ts';
import type { Sampler } from './sampler.ts';
import { stepsOfFiniteLambda } from './sde-step.ts';

/** Noise scaling at the noise-to-signal ratio v: the fourth function in the paper's experiments. */
const noiseScaling = (v: number): number => v * (Math.exp(v ** 0.3) + 10);

/** Points of the sums that approximate integrals over a step. */
const POINTS = 200;

/** ∫ g(p)/noiseScaling(p) dp from `to` up to `from`, as a left Riemann sum. */
function integral(from: number, to: number, g: (p: number) => number): number {
  const part = (from - to) / POINTS;
  let sum = 0;
  for (let k = 0; k < POINTS; k++) {
    const p = to + k * part;
    sum += g(p) / noiseScaling(p);
  }
  return sum * part;
}

/**
 * ER-SDE-Solver-3, Cui et al. 2023, "Elucidating the solution space of extended reverse-time SDE for
 * diffusion models", algorithm 5, for data prediction: an SDE with its own noise scaling and a second-order
 * Taylor polynomial through past predictions, in the noise-to-signal ratio e = e^-λ.
 */
export const erSde: Sampler = async (x, run) => {
  const { path } = run;
  const past: { e: number; denoised: Vec; derivative: Vec | undefined }[] = []; // newest first
  for (const step of stepsOfFiniteLambda(run)) {
    const denoised = await run.predict(x, step);
    if (step.next === 0) return denoised;
    const [e, to] = [Math.exp(-path.lambda(step.sigma)), Math.exp(-path.lambda(step.next))];
    const alpha = path.alpha(step.next);
    const speed = noiseScaling(to);
    const r = speed / noiseScaling(e);
    x = combine((alpha / path.alpha(step.sigma)) * r, x, alpha * (1 - r), denoised);

    const [one, two] = past;
    const delta = to - e;
    const derivative = one && scale(1 / (e - one.e), subtract(denoised, one.denoised));
    if (derivative) x = add(x, alpha * (delta + integral(e, to, () => 1) * speed), derivative);
    if (derivative && one.derivative && two) {
      const second = scale(2 / (e - two.e), subtract(derivative, one.derivative));
      x = add(x, alpha * (delta ** 2 / 2 + integral(e, to, (p) => p - e) * speed), second);
    }
    past.unshift({ e, denoised, derivative });
    past.length = Math.min(past.length, 2);

    const variance = to ** 2 - (e * r) ** 2;
    x = add(x, alpha * Math.sqrt(Math.max(variance, 0)), run.noise());
  }
  return x;
};
