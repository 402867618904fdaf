import { add, combine, scale, weightedSum, type Vec } from '../float32/vec.ts';
import type { Run, Sampler, Step } from './sampler.ts';
import { stepsOfFiniteLambda } from './sde-step.ts';

const PREDICTOR_ORDER = 3;
const CORRECTOR_ORDER = 4;
/** Noise is added between these shares of the schedule. */
const STOCHASTIC_FROM = 0.2;
const STOCHASTIC_TO = 0.8;

/** A prediction of the image and the λ at which it was made. */
interface Node {
  readonly lambda: number;
  readonly denoised: Vec;
}

/** A step: its start, its τ and its noise. */
interface Taken {
  readonly x: Vec;
  readonly step: Step;
  readonly tau: number;
  readonly noise: Vec | undefined;
}

/** The paper's τ, the strength of the SDE's noise, for the step that ends at σ. */
function tauAt(sigma: number, { eta, sigmaAfter }: Run): number {
  return sigmaAfter(STOCHASTIC_FROM) >= sigma && sigma >= sigmaAfter(STOCHASTIC_TO) ? eta : 0;
}

/** ∫ e^{au}·u^m du over [-h, 0] for m = 0 … count - 1, by parts. */
function moments(a: number, h: number, count: number): number[] {
  const integrals = [-Math.expm1(-a * h) / a];
  for (let m = 1; m < count; m++) integrals.push(-((-h) ** m * Math.exp(-a * h) + m * integrals[m - 1]!) / a);
  return integrals;
}

/** Coefficients, in ascending order, of the polynomial in u that is 1 at node j and 0 at the other nodes. */
function lagrangeCoefficients(nodes: readonly number[], j: number): number[] {
  let polynomial = [1];
  for (const [k, node] of nodes.entries()) {
    if (k === j) continue;
    const shifted = [0, ...polynomial];
    polynomial = shifted.map((c, m) => (c - node * (polynomial[m] ?? 0)) / (nodes[j]! - node));
  }
  return polynomial;
}

/**
 * A step along the polynomial in λ through the predictions at `nodes`, plus its noise. Equations 14
 * (Adams–Bashforth) and 17.
 */
function adamsStep({ x, step, tau, noise }: Taken, nodes: readonly Node[], { path }: Run): Vec {
  const { sigma, next } = step;
  const end = path.lambda(next);
  const h = end - path.lambda(sigma);
  const a = 1 + tau ** 2;
  const integrals = moments(a, h, nodes.length);
  const places = nodes.map(({ lambda }) => lambda - end);
  const weights = nodes.map((_, j) =>
    lagrangeCoefficients(places, j).reduce((sum, c, m) => sum + c * integrals[m]!, 0),
  );
  const drift = weightedSum(
    weights,
    nodes.map(({ denoised }) => denoised),
  );
  const mean = combine((next / sigma) * Math.exp(-(tau ** 2) * h), x, path.alpha(next) * a, drift);
  return noise ? add(mean, 1, noise) : mean;
}

/** The noise of a step; undefined if τ is 0. */
function noiseOf({ sigma, next }: Step, tau: number, run: Run): Vec | undefined {
  if (tau === 0) return undefined;
  const h = run.path.lambda(next) - run.path.lambda(sigma);
  return scale(next * Math.sqrt(-Math.expm1(-2 * tau ** 2 * h)), run.noise());
}

/**
 * SA-Solver, Xue et al. 2023, "SA-Solver: stochastic Adams solver for fast sampling of diffusion models",
 * algorithm 1: predicts with past predictions, then corrects the step with the one made at its end. With
 * `again`, the corrected x is evaluated as well (PECE).
 */
const saSolver =
  (again: boolean): Sampler =>
  async (x, run) => {
    const steps = stepsOfFiniteLambda(run);
    const reachesImage = steps.at(-1)!.next === 0;
    const nodes: Node[] = []; // newest first
    let taken: Taken | undefined;
    for (const step of steps) {
      const left = steps.length - step.index; // this step included
      const most = (order: number, bound: number) => (reachesImage ? Math.min(order, bound) : order);
      const lambda = run.path.lambda(step.sigma);
      nodes.unshift({ lambda, denoised: await run.predict(x, step) });
      if (taken) {
        x = adamsStep(taken, nodes.slice(0, most(CORRECTOR_ORDER, left)), run);
        if (again) nodes[0] = { lambda, denoised: await run.evaluate(x, step.sigma) };
      }
      if (step.next === 0) return nodes[0]!.denoised;
      const tau = tauAt(step.next, run);
      taken = { x, step, tau, noise: noiseOf(step, tau, run) };
      x = adamsStep(taken, nodes.slice(0, most(PREDICTOR_ORDER, left - 1)), run);
      nodes.length = Math.min(nodes.length, CORRECTOR_ORDER - 1);
    }
    return x;
  };

/** SA-Solver with one evaluation per step. */
export const saSolverPec = saSolver(false);

/** SA-Solver that evaluates the corrected x again. */
export const saSolverPece = saSolver(true);
