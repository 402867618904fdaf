import type { Vec } from '../samplers/vec.ts';
import type { Denoiser } from './guidance.ts';

/** What to repaint: 1 repaint, 0 keep; rows from the top, any size, stretched to the latent's. */
export interface NoiseMask {
  readonly width: number;
  readonly height: number;
  /** `width · height` values from 0 to 1. */
  readonly data: Vec;
}

/** Bilinear resize with half-pixel centres and no antialiasing, one plane. */
export function resizeMask(mask: NoiseMask, width: number, height: number): Vec {
  const columns = taps(mask.width, width);
  const rows = taps(mask.height, height);
  const out = new Float32Array(width * height);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      const at = (r: number, c: number) => mask.data[r * mask.width + c]!;
      const above = at(row.low, column.low) * (1 - column.w) + at(row.low, column.high) * column.w;
      const below = at(row.high, column.low) * (1 - column.w) + at(row.high, column.high) * column.w;
      out[y * width + x] = above * (1 - row.w) + below * row.w;
    });
  });
  return out;
}

/** For each position of a resized axis the two source positions beside it and the weight of the higher. */
function taps(from: number, to: number): { low: number; high: number; w: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const source = Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const low = Math.min(Math.floor(source), from - 1);
    return { low, high: Math.min(low + 1, from - 1), w: source - low };
  });
}

/**
 * Keeps what the mask does not repaint: outside it the network sees `original(σ)`, the source noised to σ, and the estimate is
 * `latent`. `plane` is the mask at latent size, the same for every channel.
 */
export function maskedDenoiser(
  denoise: Denoiser,
  plane: Vec,
  latent: Vec,
  original: (sigma: number) => Vec,
): Denoiser {
  const blend = (repainted: Vec, kept: Vec): Vec =>
    repainted.map((value, i) => {
      const m = plane[i % plane.length]!;
      return value * m + kept[i]! * (1 - m);
    });
  return async (x, sigma, both) => {
    const { denoised, uncond } = await denoise(blend(x, original(sigma)), sigma, both);
    return { denoised: blend(denoised, latent), uncond };
  };
}
