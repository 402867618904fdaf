/**
 * One or more latents as a flat vector. Samplers never modify a vector that they were given. Factors and the
 * result of every operation are rounded to f32, so that a formula written in the usual order gives the usual
 * bits: any other rounding would be amplified by differences of nearly equal vectors divided by a small σ.
 */
export type Vec = Float32Array;

const f32 = Math.fround;

/** Concatenates vectors. A single vector is returned without a copy. */
export function joined(parts: readonly Vec[]): Vec {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** a·x */
export function scale(a: number, x: Vec): Vec {
  const a32 = f32(a);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = a32 * x[i]!;
  return out;
}

/** x / a */
export function divide(x: Vec, a: number): Vec {
  const a32 = f32(a);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = x[i]! / a32;
  return out;
}

/** x - y */
export function subtract(x: Vec, y: Vec): Vec {
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = x[i]! - y[i]!;
  return out;
}

/** x + b·y */
export function add(x: Vec, b: number, y: Vec): Vec {
  const b32 = f32(b);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = x[i]! + f32(b32 * y[i]!);
  return out;
}

/** a·x + b·y */
export function combine(a: number, x: Vec, b: number, y: Vec): Vec {
  const a32 = f32(a);
  const b32 = f32(b);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = f32(a32 * x[i]!) + f32(b32 * y[i]!);
  return out;
}

/** Σ weights_j · vectors_j, summed from the left. */
export function weightedSum(weights: readonly number[], vectors: readonly Vec[]): Vec {
  const [first, ...rest] = vectors;
  return rest.reduce((sum, vector, j) => add(sum, weights[j + 1]!, vector), scale(weights[0]!, first!));
}

/**
 * d = (x - denoised) / σ, the derivative dx/dσ of the probability flow ODE (Karras et al. 2022). For eps
 * models, this is the predicted noise.
 */
export function slope(x: Vec, denoised: Vec, sigma: number): Vec {
  const sigma32 = f32(sigma);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = f32(x[i]! - denoised[i]!) / sigma32;
  return out;
}

/** Euler step from σ to `to`, along the slope of x and `denoised`. */
export function eulerStep(x: Vec, denoised: Vec, sigma: number, to: number): Vec {
  return add(x, to - sigma, slope(x, denoised, sigma));
}

/**
 * Moves x towards `denoised` until `ratio` of the distance is left: ratio·x + (1 - ratio)·denoised. If
 * `ratio` is the ratio of two σ, this is an Euler step and equals first-order DPM-Solver++.
 */
export function approach(x: Vec, denoised: Vec, ratio: number): Vec {
  return combine(ratio, x, 1 - ratio, denoised);
}
