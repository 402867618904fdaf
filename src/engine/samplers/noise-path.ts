import { exp, log } from '../float32/cephes.ts';
import { approach, eulerStep, type Vec } from '../float32/vec.ts';

const f32 = Math.fround;

/**
 * How signal and noise mix, x_σ = α(σ)·image + σ·noise: the difference between a diffusion (eps, v) model and
 * a rectified flow model for a sampler. λ = ln(α/σ) is half the log signal-to-noise ratio.
 */
export interface NoisePath {
  readonly name: 'diffusion' | 'flow';
  /** α at noise level σ. */
  alpha(sigma: number): number;
  /** α computed as σ·e^λ, with the rounding of λ, for samplers that work in λ. */
  alphaOfLambda(sigma: number): number;
  /** λ at noise level σ. */
  lambda(sigma: number): number;
  /** Inverse of `lambda`. */
  sigma(lambda: number): number;
  /** Euler step from σ to `to`, in the usual form for this path. */
  eulerStep(x: Vec, denoised: Vec, sigma: number, to: number): Vec;
  /**
   * Splits the step from σ to `next` into a deterministic part that ends at `down`, and fresh noise: none for
   * η = 0, all of it for η = 1.
   */
  ancestral(sigma: number, next: number, eta: number): AncestralSplit;
}

/** x(next) = keep · x(down) + up · noise */
export interface AncestralSplit {
  readonly down: number;
  readonly keep: number;
  readonly up: number;
}

/**
 * Splits a step of a variance-exploding process into `down`, the level reached deterministically, and `up`,
 * the standard deviation of the noise added after it: down² + up² = to². η = 1 is the posterior of Song et
 * al. 2020; η = 0 adds no noise. Rounded to f32 at every operation, like the reference: on long steps `down`
 * is a difference of nearly equal squares.
 */
export function ancestralSplit(from: number, to: number, eta = 1): { down: number; up: number } {
  if (eta === 0) return { down: to, up: 0 };
  const from2 = f32(from * from);
  const to2 = f32(to * to);
  const posterior = f32(Math.sqrt(f32(f32(to2 * f32(from2 - to2)) / from2)));
  const up = eta * posterior < to ? eta * posterior : to; // `to` when `from` is infinite
  return { down: f32(Math.sqrt(f32(to2 - f32(up * up)))), up };
}

/**
 * √(1 + σ²), the standard deviation of a unit latent with noise σ, in f32. x divided by it is the x of
 * variance-preserving papers.
 */
export const unitDeviation = (sigma: number): number => f32(Math.sqrt(f32(1 + f32(sigma * sigma))));

/** Diffusion: α = 1, λ = -ln σ. */
export const diffusionPath: NoisePath = {
  name: 'diffusion',
  alpha: () => 1,
  alphaOfLambda: (sigma) => f32(sigma * exp(diffusionPath.lambda(sigma))),
  lambda: (sigma) => -log(sigma),
  sigma: (lambda) => exp(-lambda),
  eulerStep,
  ancestral: (sigma, next, eta) => ({ ...ancestralSplit(sigma, next, eta), keep: 1 }),
};

/** Rectified flow: α = 1 - σ, λ = ln((1 - σ)/σ). */
export const flowPath: NoisePath = {
  name: 'flow',
  alpha: (sigma) => f32(1 - sigma),
  alphaOfLambda: (sigma) => f32(sigma * exp(flowPath.lambda(sigma))),
  lambda: (sigma) => -f32(Math.log(f32(sigma / f32(1 - sigma)))),
  sigma: (lambda) => f32(1 / f32(1 + f32(Math.exp(lambda)))),
  eulerStep: (x, denoised, sigma, to) => approach(x, denoised, f32(to / sigma)),
  ancestral: (sigma, next, eta) => {
    const down = f32(next * f32(1 + f32(eta * f32(f32(next / sigma) - 1))));
    const alpha = f32(1 - next);
    const alphaDown = f32(1 - down);
    const kept = f32(f32(f32(down * down) * f32(alpha * alpha)) / f32(alphaDown * alphaDown));
    const added = Math.max(f32(f32(next * next) - kept), 0);
    return { down, keep: f32(alpha / alphaDown), up: f32(Math.sqrt(added)) }; // the signal has its level at `next`
  },
};

/** The midpoint in λ between two σ. */
export function halfwayLambda(path: NoisePath, from: number, to: number): number {
  const start = path.lambda(from);
  return f32(start + f32(f32(path.lambda(to) - start) / 2));
}
