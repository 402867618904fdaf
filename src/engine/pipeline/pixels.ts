import type { Pixels } from '../masks/inpainting.ts';
import type { RgbImage } from './types.ts';

/** Converts bytes to 0..1. */
export function toPixels({ width, height, data }: RgbImage): Pixels {
  const pixels = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) pixels[i] = data[i]! / 255;
  return { width, height, data: pixels };
}

/** Converts 0..1 to bytes as ComfyUI does: fractions are truncated. */
export function toBytes({ width, height, data }: Pixels): RgbImage {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = data[i]! * 255;
  return { width, height, data: bytes };
}
