import { add, combine, scale, weightedSum, type Vec } from '../float32/vec.ts';
import type { Run, Sampler, Step } from './sampler.ts';
import { stepsOfFiniteLambda } from './sde-step.ts';

/*
 * Exponential integrators in λ of the reverse diffusion SDE with data prediction. SEEDS, Gonzalez et al. 2023,
 * "SEEDS: exponential SDE solvers for fast high-quality sampling from diffusion models". A stage at the fraction r
 * of a step of length h in λ is σ_r/σ·e^{-rhη}·x - α_r·Σ weights·predictions + σ_r·z_r, where z is the noise added
 * since the start of the step.
 */

/** φ₁(y)·y = e^y - 1, the weight of a constant prediction. */
const phi1 = (y: number): number => Math.expm1(y);

/** φ₂(y)·y, the weight of a prediction that grows from 0 to 1 over the step. */
const phi2 = (y: number): number => (Math.expm1(y) - y) / y;

/** A step of the SDE, whose stages are computed one after the other. */
class SeedsStep {
  /** (1 + η)·h, over which predictions are weighted by their φ-functions. */
  readonly length: number;
  readonly #x: Vec;
  readonly #run: Run;
  readonly #sigma: number;
  readonly #h: number;
  readonly #eta: number;
  #noise: { readonly r: number; readonly z: Vec | undefined } = { r: 0, z: undefined };

  constructor(x: Vec, run: Run, { sigma, next }: Step, eta: number) {
    this.#x = x;
    this.#run = run;
    this.#sigma = sigma;
    this.#h = run.path.lambda(next) - run.path.lambda(sigma);
    this.#eta = eta;
    this.length = this.#h * (1 + eta);
  }

  /** The noise level at the fraction r of the step. */
  sigmaAt(r: number): number {
    const { path } = this.#run;
    return path.sigma(path.lambda(this.#sigma) + r * this.#h);
  }

  /** x at the fraction r of the step, at noise level `sigma`, from weighted predictions. */
  stage(r: number, sigma: number, weights: readonly number[], predictions: readonly Vec[]): Vec {
    const kept = (sigma / this.#sigma) * Math.exp(-r * this.#h * this.#eta);
    const mean = combine(kept, this.#x, -this.#run.path.alpha(sigma), weightedSum(weights, predictions));
    const noise = this.#noiseAt(r);
    return noise ? add(mean, sigma, noise) : mean;
  }

  /** The decayed previous noise plus new noise. One draw per stage. */
  #noiseAt(r: number): Vec | undefined {
    if (this.#eta === 0) return undefined;
    const passed = (this.#noise.r - r) * this.#h * this.#eta;
    const drawn = scale(Math.sqrt(-Math.expm1(2 * passed)), this.#run.noise());
    const z = this.#noise.z ? add(drawn, Math.exp(passed), this.#noise.z) : drawn;
    this.#noise = { r, z };
    return z;
  }
}

/**
 * Weights of the two predictions over the whole step, for the second one at the fraction r and y = -(1 + η)h.
 */
type SecondOrderWeights = (y: number, r: number) => readonly [number, number];

/** Weights of SEEDS-2: the prediction at the middle of the line through both. */
const midpointWeights: SecondOrderWeights = (y, r) => {
  const share = 1 / (2 * r);
  return [phi1(y) * (1 - share), phi1(y) * share];
};

/**
 * Weights of the exponential Heun method, Hochbruck and Ostermann 2010: the integrated line through both
 * predictions.
 */
const heunWeights: SecondOrderWeights = (y, r) => {
  const second = phi2(y) / r;
  return [phi1(y) - second, second];
};

const twoStages =
  (r: number, weights: SecondOrderWeights, eta: (run: Run) => number): Sampler =>
  async (x, run) => {
    for (const step of stepsOfFiniteLambda(run)) {
      const denoised = await run.predict(x, step);
      if (step.next === 0) return denoised;
      const solver = new SeedsStep(x, run, step, eta(run));
      const middle = solver.sigmaAt(r);
      const x2 = solver.stage(r, middle, [phi1(-r * solver.length)], [denoised]);
      const second = await run.evaluate(x2, middle);
      x = solver.stage(1, step.next, weights(-solver.length, r), [denoised, second]);
    }
    return x;
  };

/** SEEDS-2 with its second prediction at the midpoint in λ. */
export const seeds2 = twoStages(1 / 2, midpointWeights, ({ eta }) => eta);

/**
 * The exponential Heun method for the probability flow ODE: the second prediction is made at the end of the
 * step.
 */
export const expHeun2X0 = twoStages(1, heunWeights, () => 0);

/** The same for the SDE. */
export const expHeun2X0Sde = twoStages(1, heunWeights, ({ eta }) => eta);

/** SEEDS-3 with predictions at one third and two thirds of the step in λ. */
export const seeds3: Sampler = async (x, run) => {
  const [r1, r2] = [1 / 3, 2 / 3];
  for (const step of stepsOfFiniteLambda(run)) {
    const denoised = await run.predict(x, step);
    if (step.next === 0) return denoised;
    const solver = new SeedsStep(x, run, step, run.eta);
    const y = -solver.length;
    const [third, twoThirds] = [solver.sigmaAt(r1), solver.sigmaAt(r2)];
    const x2 = solver.stage(r1, third, [phi1(r1 * y)], [denoised]);
    const second = await run.evaluate(x2, third);
    const a2 = (r2 / r1) * phi2(r2 * y);
    const x3 = solver.stage(r2, twoThirds, [phi1(r2 * y) - a2, a2], [denoised, second]);
    const last = await run.evaluate(x3, twoThirds);
    const b3 = phi2(y) / r2;
    x = solver.stage(1, step.next, [phi1(y) - b3, b3], [denoised, last]);
  }
  return x;
};
