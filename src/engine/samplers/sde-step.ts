import { add, combine, type Vec } from '../float32/vec.ts';
import type { Run, Step } from './sampler.ts';

/**
 * A step of the reverse diffusion SDE in λ (Lu et al. 2022, SDE-DPM-Solver++), exact if the prediction stays
 * `target`. Half the log-SNR rises by h = λ(next) - λ(σ). η = 0 is the ODE.
 */
export function sdeStep(x: Vec, target: Vec, { sigma, next }: Omit<Step, 'index'>, run: Run): Vec {
  const { path, eta } = run;
  const h = path.lambda(next) - path.lambda(sigma);
  const gain = -Math.expm1(-(1 + eta) * h);
  const solution = combine((next / sigma) * Math.exp(-eta * h), x, path.alpha(next) * gain, target);
  if (eta === 0) return solution;
  return add(solution, next * Math.sqrt(-Math.expm1(-2 * eta * h)), run.brownian(sigma, next));
}

/** Share of the schedule after which λ is finite. */
const ALMOST_NOISE = 1e-4;

/** The run's steps. A first σ of pure noise, where λ = -∞, is replaced by the highest usable one. */
export function stepsOfFiniteLambda({ steps, path, sigmaAfter }: Run): readonly Step[] {
  return steps.map((step) =>
    Number.isFinite(path.lambda(step.sigma))
      ? step
      : { ...step, sigma: Math.fround(sigmaAfter(ALMOST_NOISE)) },
  );
}
