import type { Pixels } from '../masks/inpainting.ts';
import type { RgbImage } from './types.ts';

/** From bytes to 0..1. */
export const toPixels = ({ width, height, data }: RgbImage): Pixels => ({
  width,
  height,
  data: Float32Array.from(data, (value) => value / 255),
});

/** From 0..1 to bytes, as ComfyUI stores pictures: what is after the point is cut. */
export function toBytes({ width, height, data }: Pixels): RgbImage {
  const bytes = new Uint8Array(data.length);
  data.forEach((value, i) => (bytes[i] = value * 255));
  return { width, height, data: bytes };
}
