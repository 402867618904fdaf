import type { FitEnum } from 'sharp';
import type { RgbImage } from '../engine/index.ts';
import type { ResizeMode } from '../jobs/job.ts';
import { asSeen, openImage, readHeader, toRgb } from './pixels.ts';

/** CROP covers the target and cuts what sticks out on both sides alike, FIT shows all of it on black, STRETCH ignores the proportions. */
const FITS: Readonly<Record<ResizeMode, keyof FitEnum>> = { CROP: 'cover', FIT: 'contain', STRETCH: 'fill' };

export interface FitOptions {
  readonly width: number;
  readonly height: number;
  readonly mode: ResizeMode;
}

/**
 * Decodes an image that `inspectImage` has accepted and brings it to width × height (Lanczos when it shrinks, bicubic when it grows). An image that has
 * this size already keeps every pixel.
 */
export async function fitImage(bytes: Uint8Array, { width, height, mode }: FitOptions): Promise<RgbImage> {
  const { autoOrient } = await readHeader(bytes);
  const seen = asSeen(openImage(bytes));
  if (autoOrient.width === width && autoOrient.height === height) return toRgb(seen);
  return toRgb(
    seen.resize(width, height, {
      fit: FITS[mode],
      position: 'centre',
      background: 'black',
      kernel: 'lanczos3',
      fastShrinkOnLoad: false,
    }),
  );
}
