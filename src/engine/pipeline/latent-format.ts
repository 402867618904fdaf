import type { LatentFormat } from '../families/family.ts';

const f32 = Math.fround;

/** What moves a latent into the networks' space. */
export type LatentScaling = Pick<LatentFormat, 'scale' | 'shift'>;

/** Whether a latent says nothing: all of several values are the same. */
export const isAllEqual = (values: Float32Array): boolean =>
  values.length > 1 && values.every((value) => value === values[0]);

/** Into the networks' space. An all-zero latent stands for no image and stays as it is. */
export function toModelSpace(latent: Float32Array, { scale, shift }: LatentScaling): Float32Array {
  if (latent.every((value) => value === 0)) return latent;
  return latent.map((value) => f32(value - f32(shift)) * f32(scale));
}

/** Back into the autoencoder's space. */
export function fromModelSpace(x: Float32Array, { scale, shift }: LatentScaling): Float32Array {
  return x.map((value) => f32(value / f32(scale)) + f32(shift));
}
