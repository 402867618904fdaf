import type { LatentFormat } from '../families/family.ts';
import { isAllEqual } from '../float32/scan.ts';

const f32 = Math.fround;

/** What moves a latent into the networks' space. */
export type LatentScaling = Pick<LatentFormat, 'scale' | 'shift'>;

/** Into the networks' space. An all-zero latent stands for no image and stays as it is. */
export function toModelSpace(latent: Float32Array, { scale, shift }: LatentScaling): Float32Array {
  if (latent[0] === 0 && isAllEqual(latent)) return latent;
  const [scale32, shift32] = [f32(scale), f32(shift)];
  const out = new Float32Array(latent.length);
  for (let i = 0; i < out.length; i++) out[i] = f32(latent[i]! - shift32) * scale32;
  return out;
}

/** Back into the autoencoder's space. */
export function fromModelSpace(x: Float32Array, { scale, shift }: LatentScaling): Float32Array {
  const [scale32, shift32] = [f32(scale), f32(shift)];
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = f32(x[i]! / scale32) + shift32;
  return out;
}
