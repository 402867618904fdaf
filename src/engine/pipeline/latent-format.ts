import type { ModelFamily } from '../checkpoint/family.ts';

const f32 = Math.fround;

/** How a family's networks see the autoencoder's latent: (latent - shift) · scale has about unit variance. */
export interface LatentFormat {
  readonly scale: number;
  readonly shift: number;
}

/** Whether a latent says nothing: all of several values are the same. */
export const isAllEqual = (values: Float32Array): boolean =>
  values.length > 1 && values.every((value) => value === values[0]);

/** Into the networks' space. An all-zero latent stands for no image and stays as it is. */
export function toModelSpace(latent: Float32Array, { scale, shift }: LatentFormat): Float32Array {
  if (latent.every((value) => value === 0)) return latent;
  return latent.map((value) => f32(value - f32(shift)) * f32(scale));
}

/** Back into the autoencoder's space. */
export function fromModelSpace(x: Float32Array, { scale, shift }: LatentFormat): Float32Array {
  return x.map((value) => f32(value / f32(scale)) + f32(shift));
}

/** The latent formats of the families. */
export const LATENT_FORMATS = {
  sd15: { scale: 0.18215, shift: 0 },
  sdxl: { scale: 0.13025, shift: 0 },
  flux: { scale: 0.3611, shift: 0.1159 },
} as const satisfies Record<ModelFamily, LatentFormat>;
