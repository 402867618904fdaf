import type { LatentFormat } from '../families/family.ts';
import { isAllEqual } from '../float32/scan.ts';

const f32 = Math.fround;

/** Scale and shift between the VAE's latent space and the diffusion network's. */
export type LatentScaling = Pick<LatentFormat, 'scale' | 'shift'>;

/** Scales a VAE latent to model space. An all-zero latent means no image and is returned unchanged. */
export function toModelSpace(latent: Float32Array, { scale, shift }: LatentScaling): Float32Array {
  if (latent[0] === 0 && isAllEqual(latent)) return latent;
  const [scale32, shift32] = [f32(scale), f32(shift)];
  const out = new Float32Array(latent.length);
  for (let i = 0; i < out.length; i++) out[i] = f32(latent[i]! - shift32) * scale32;
  return out;
}

/** Scales a latent in model space back to the VAE's. */
export function fromModelSpace(x: Float32Array, { scale, shift }: LatentScaling): Float32Array {
  const [scale32, shift32] = [f32(scale), f32(shift)];
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = f32(x[i]! / scale32) + shift32;
  return out;
}
