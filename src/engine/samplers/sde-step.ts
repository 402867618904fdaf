import type { Run, Step } from './sampler.ts';
import { add, combine, type Vec } from './vec.ts';

/**
 * One step of the reverse diffusion SDE with η = 1 in λ form (Lu et al. 2022, SDE-DPM-Solver++), exact while the prediction stays
 * `target`. Half log-SNR rises by h = λ(next) - λ(σ).
 */
export function sdeStep(x: Vec, target: Vec, { sigma, next }: Omit<Step, 'index'>, run: Run): Vec {
  const { path } = run;
  const h = path.lambda(next) - path.lambda(sigma);
  const gain = -Math.expm1(-2 * h);
  const solution = combine((next / sigma) * Math.exp(-h), x, path.alpha(next) * gain, target);
  return add(solution, next * Math.sqrt(gain), run.brownian(sigma, next));
}

/** The run's steps; a first σ of pure noise, where λ = -∞, gives way to the highest usable one. */
export function stepsOfFiniteLambda({ steps, path, sigmaOfAlmostNoise }: Run): readonly Step[] {
  return steps.map((step) =>
    Number.isFinite(path.lambda(step.sigma)) ? step : { ...step, sigma: sigmaOfAlmostNoise },
  );
}
