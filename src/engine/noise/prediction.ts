import { add, combine, divide, type Vec } from '../float32/vec.ts';
import type { NoiseSchedule, PredictionName } from './noise-schedule.ts';

const f32 = Math.fround;

/**
 * Preconditioning: how a latent x at noise level σ relates to the network's input and output (Karras et al.
 * 2022, table 1). Vectors are whole latents; every operation rounds to f32.
 */
export interface Prediction {
  /** The network's input for x. */
  readonly input: (x: Vec, sigma: number) => Vec;
  /** The denoised estimate, from x and the network's output at σ. */
  readonly denoised: (x: Vec, output: Vec, sigma: number) => Vec;
  /** The latent with unit noise added at level σ. `full` (see `isFullNoise`): with the variance of σ_max. */
  readonly start: (noise: Vec, latent: Vec, sigma: number, full?: boolean) => Vec;
  /** The result for x at level σ, where sampling ended. */
  readonly finish: (x: Vec, sigma: number) => Vec;
}

/** x = latent + σ·noise, scaled to unit variance for the network. */
const additive = {
  input(x, sigma) {
    return divide(x, sqrtOnePlusSquare(sigma));
  },
  start(noise, latent, sigma, full = false) {
    const scale = full ? sqrtOnePlusSquare(sigma) : sigma;
    return add(latent, scale, noise);
  },
  finish: (x) => x,
} satisfies Partial<Prediction>;

/**
 * For networks that predict the noise, or on the straight path the velocity noise - image: the image is x -
 * σ·output.
 */
const lessOutput: Prediction['denoised'] = (x, output, sigma) => add(x, -sigma, output);

/** The preconditioning of each kind of prediction. */
export const PREDICTIONS: Readonly<Record<PredictionName, Prediction>> = {
  eps: { ...additive, denoised: lessOutput },

  // Salimans and Ho 2022: v = αε - σx₀ on the variance-preserving path.
  v: {
    ...additive,
    denoised(x, output, sigma) {
      const deviation = sqrtOnePlusSquare(sigma);
      const variance = f32(f32(sigma * sigma) + 1);
      const out = new Float32Array(x.length);
      for (let i = 0; i < out.length; i++)
        out[i] = f32(x[i]! / variance) - f32(f32(output[i]! * sigma) / deviation);
      return out;
    },
  },

  // Liu et al. 2022: x = (1 - σ)·latent + σ·noise.
  flow: {
    input: (x) => x,
    denoised: lessOutput,
    start(noise, latent, sigma) {
      return combine(sigma, noise, f32(1 - sigma), latent);
    },
    finish(x, sigma) {
      return divide(x, f32(1 - sigma));
    },
  },
};

/** Whether σ is the schedule's maximum noise level, up to a relative 1e-5. */
export function isFullNoise({ sigmaMax }: NoiseSchedule, sigma: number): boolean {
  return sigma >= sigmaMax || sigmaMax - sigma <= 1e-5 * sigmaMax;
}

function sqrtOnePlusSquare(sigma: number): number {
  return f32(Math.sqrt(f32(f32(sigma * sigma) + 1)));
}
