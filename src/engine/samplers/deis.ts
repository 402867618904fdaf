import { exp, log } from '../float32/cephes.ts';
import { add, slope, type Vec } from '../float32/vec.ts';
import { lagrange } from './lagrange.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;
const ORDER = 3;

/**
 * The variance-preserving SDE of Song et al. 2021 to which the σ belong: β grows linearly over time τ from ε
 * to 1. In f32.
 */
const EPSILON = 1e-3;
const GROWTH_START = f32(Math.log(f32(f32(f32(0.002) * f32(0.002)) + 1)));
const GROWTH_END = f32(Math.log(f32(80 * 80 + 1)));
const BETA_D = f32(f32(2 * f32(f32(GROWTH_START / f32(EPSILON)) - GROWTH_END)) / f32(EPSILON - 1));
const BETA_MIN = f32(GROWTH_END - f32(0.5 * BETA_D));

/** Points of the mean that approximates an integral over a step. */
const POINTS = 10_000;

/** The time τ at which the process has noise level σ, in f32: small σ² + 1 have no more precision. */
function timeOf(sigma: number): number {
  const growth = log(f32(f32(sigma * sigma) + 1));
  const root = f32(Math.sqrt(f32(f32(BETA_MIN ** 2) + f32(2 * BETA_D * growth))));
  return f32(f32(root - BETA_MIN) / BETA_D);
}

/** Weight of the slope over τ: -½·(d ln α/dτ)/√(α(1 - α)) with ln α = -τ²β_d/2 - τβ_min. */
function weightOf(tau: number): number {
  const alpha = exp(f32(f32(-0.5 * f32(tau * tau) * BETA_D) - f32(tau * BETA_MIN)));
  return (0.5 * (tau * BETA_D + BETA_MIN)) / Math.sqrt(f32(alpha * f32(1 - alpha)));
}

/**
 * ∫ weight · Lagrange_j from one τ to another, as the mean over equally spaced points, both ends included.
 */
function coefficients(nodes: readonly number[], from: number, to: number): number[] {
  const sums = nodes.map(() => 0);
  for (let p = 0; p < POINTS; p++) {
    const tau = f32(from + (to - from) * (p / (POINTS - 1)));
    const weight = weightOf(tau);
    for (let j = 0; j < nodes.length; j++) sums[j] = sums[j]! + weight * lagrange(nodes, j, tau);
  }
  return sums.map((sum) => (sum / POINTS) * (to - from));
}

/**
 * DEIS (tAB), Zhang and Chen 2022: a polynomial through the last slopes in the time of the
 * variance-preserving SDE.
 */
export const deis: Sampler = async (x, run) => {
  const tau = Array.from(run.sigmas, timeOf);
  const slopes: Vec[] = []; // newest first
  for (const step of run.steps) {
    const denoised = await run.predict(x, step);
    slopes.unshift(slope(x, denoised, step.sigma));
    slopes.length = Math.min(slopes.length, ORDER);
    const nodes = slopes.map((_, j) => tau[step.index - j]!);
    const to = tau[step.index + 1]!;
    const distinct = new Set([...nodes, to]).size === nodes.length + 1; // τ of small σ may be equal
    const weights =
      nodes.length > 1 && distinct && step.next > 0
        ? coefficients(nodes, nodes[0]!, to)
        : [step.next - step.sigma];
    for (const [j, weight] of weights.entries()) x = add(x, weight, slopes[j]!);
  }
  return x;
};
