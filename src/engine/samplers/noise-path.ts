import { exp } from '../random/cephes.ts';

const f32 = Math.fround;

/**
 * How signal and noise mix along the way, x_σ = α(σ)·image + σ·noise: what distinguishes a diffusion (eps, v) model from a
 * rectified-flow model to a sampler. λ = ln(α/σ) is half the log signal-to-noise ratio.
 */
export interface NoisePath {
  alpha(sigma: number): number;
  lambda(sigma: number): number;
  /** Inverse of `lambda`. */
  sigma(lambda: number): number;
  /** The σ halfway between two others in λ. */
  midpoint(from: number, to: number): number;
  /** The way from σ to `next` as a deterministic part that ends at `down`, and fresh noise. */
  ancestral(sigma: number, next: number): AncestralSplit;
}

/** x(next) = keep · x(down) + up · noise */
export interface AncestralSplit {
  readonly down: number;
  readonly keep: number;
  readonly up: number;
}

/**
 * Splits a step of a variance-exploding process into `down`, the level reached deterministically, and `up`, the deviation of the
 * noise added after it: down² + up² = to². η = 1 is the posterior of Song et al. 2020, η = 0 adds none. Rounded to f32 at every
 * operation: on long steps `down` is a difference of nearly equal squares, of which the field's samplers know no more.
 */
export function ancestralSplit(from: number, to: number, eta = 1): { down: number; up: number } {
  if (eta === 0) return { down: to, up: 0 };
  const from2 = f32(from * from);
  const to2 = f32(to * to);
  const posterior = f32(Math.sqrt(f32(f32(to2 * f32(from2 - to2)) / from2)));
  const up = eta * posterior < to ? eta * posterior : to; // all of it when `from` is infinite
  return { down: f32(Math.sqrt(f32(to2 - f32(up * up)))), up };
}

/** √(1 + σ²), the deviation of a unit latent with noise σ: x over it is the x of variance-preserving papers. In f32. */
export const unitDeviation = (sigma: number): number => f32(Math.sqrt(f32(1 + f32(sigma * sigma))));

/** Diffusion: α = 1, λ = -ln σ. */
export const diffusionPath: NoisePath = {
  alpha: () => 1,
  lambda: (sigma) => -f32(Math.log(sigma)),
  sigma: (lambda) => exp(-lambda),
  midpoint: (from, to) => diffusionPath.sigma(halfwayLambda(diffusionPath, from, to)),
  ancestral: (sigma, next) => ({ ...ancestralSplit(sigma, next), keep: 1 }),
};

/** The nearest σ to pure noise at which λ of a flow is still usable. */
const ALMOST_NOISE = 0.9999;

/** Rectified flow: α = 1 - σ, λ = ln((1 - σ)/σ). */
export const flowPath: NoisePath = {
  alpha: (sigma) => f32(1 - sigma),
  lambda: (sigma) => -f32(Math.log(f32(sigma / f32(1 - sigma)))),
  sigma: (lambda) => f32(1 / f32(1 + exp(lambda))),
  midpoint: (from, to) => (from === 1 ? ALMOST_NOISE : flowPath.sigma(halfwayLambda(flowPath, from, to))),
  ancestral: (sigma, next) => {
    const down = f32(next * f32(next / sigma));
    const keep = (1 - next) / (1 - down); // brings the signal to its level at `next`
    return { down, keep, up: Math.sqrt(next * next - (down * keep) ** 2) };
  },
};

/** The λ halfway between those of two σ. */
export function halfwayLambda(path: NoisePath, from: number, to: number): number {
  const start = path.lambda(from);
  return f32(start + f32(f32(path.lambda(to) - start) / 2));
}
