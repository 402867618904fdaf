import type { Vec } from '../float32/vec.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import type { Denoiser } from './guidance.ts';

/** The mask at latent size for noise level σ; the same for every channel. */
export type MaskAt = (sigma: number) => Vec;

/**
 * Preserves the region outside the mask: there the network's input is `original(σ)`, the source noised to σ,
 * and the estimate is `latent`.
 */
export function maskedDenoiser(
  denoise: Denoiser,
  maskAt: MaskAt,
  latent: Vec,
  original: (sigma: number) => Vec,
): Denoiser {
  return async (x, sigma, both) => {
    const plane = maskAt(sigma);
    const blend = (repainted: Vec, kept: Vec): Vec =>
      repainted.map((value, i) => {
        const m = plane[i % plane.length]!;
        return value * m + kept[i]! * (1 - m);
      });
    const { denoised, uncond } = await denoise(blend(x, original(sigma)), sigma, both);
    return { denoised: blend(denoised, latent), uncond };
  };
}

/**
 * Differential diffusion (Levin and Fried 2023): the darker a pixel of the mask, the later in the run it may
 * change. Strength 1 is the full effect; lower values blend in the unchanged mask.
 */
export function differentialMask(
  plane: Vec,
  strength: number,
  sigmas: Float32Array,
  { timestep, sigmaMin }: NoiseSchedule,
): MaskAt {
  const start = timestep(sigmas[0]!);
  const end = timestep(Math.max(sigmas.at(-1)!, sigmaMin));
  return (sigma) => {
    const threshold = (timestep(sigma) - end) / (start - end);
    return plane.map((value) => strength * (value >= threshold ? 1 : 0) + (1 - strength) * value);
  };
}
