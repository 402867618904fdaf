import type { DiffusionModel } from '../../src/engine/pipeline/model.ts';
import { toBytes } from '../../src/engine/pipeline/pixels.ts';
import type { Device } from '../../src/engine/runtime/device.ts';
import { relativeError } from './section.ts';
import { LEAST_PSNR, psnr, singleTolerance } from './tolerances.ts';

/** A run's latent [batch, channels, height, width] and the recorded one. */
export interface RunLatents {
  readonly found: Float32Array;
  readonly expected: Float32Array;
  readonly shape: readonly number[];
  /** Relative, of float32 on the CPU. */
  readonly tolerance: number;
}

/**
 * The share of its tolerance by which a run's latent is off. In half precision rounding piles up over the steps: there the pictures
 * are compared that the latents become.
 */
export async function latentShare(
  model: Pick<DiffusionModel, 'decode'>,
  device: Device,
  { found, expected, shape, tolerance }: RunLatents,
): Promise<number> {
  if (device.profile.compute === 'F32')
    return relativeError(found, expected) / singleTolerance(device, tolerance);
  const [batch, , height, width] = shape as [number, number, number, number];
  const picturesOf = async (latent: Float32Array) => {
    const length = latent.length / batch;
    const pictures = [];
    for (let i = 0; i < batch; i++) {
      const pixels = await model.decode(latent.slice(i * length, (i + 1) * length), height, width);
      pictures.push(toBytes(pixels).data);
    }
    return Buffer.concat(pictures);
  };
  return shareOf(psnr(await picturesOf(found), await picturesOf(expected)));
}

/** A distance of pictures in decibels, as a share of the largest that is tolerated. */
export const shareOf = (decibels: number): number => 10 ** ((LEAST_PSNR - decibels) / 20);
