import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { NetworkName } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';
import { LATENT_FORMATS } from '../families/latent-formats.ts';
import { fillChannels, inpaintingChannels, unmaskedChannels } from '../masks/inpainting.ts';
import { diffusionNetworkOf } from '../networks/diffusion.ts';
import type { DiffusionModel, InpaintingInput } from './model.ts';

/** FLUX.1-fill's channels without a mask: everything is repainted, starting from a latent of zeros. */
function unfilledChannels(height: number, width: number): Float32Array {
  const { channels, scale, shift } = LATENT_FORMATS.flux;
  const nothing = new Float32Array(channels * height * width).fill(-shift * scale);
  return fillChannels({ width: 1, height: 1, data: Float32Array.of(1) }, nothing, height, width);
}

const INPUTS: Readonly<Record<NetworkName, InpaintingInput>> = {
  unet: { masked: inpaintingChannels, unmasked: unmaskedChannels },
  flux: { masked: fillChannels, unmasked: unfilledChannels },
};

/** The additional inputs of a diffusion network, by the channels of its first layer. */
export function moreInputOf(checkpoint: Checkpoint): Pick<DiffusionModel, 'inpainting' | 'readsSource'> {
  const {
    latent: { channels },
    network,
  } = FAMILIES[checkpoint.family];
  const more = diffusionNetworkOf(checkpoint).inputChannels(checkpoint.weights('unet')) - channels;
  if (more === 0) return {};
  return more === channels ? { readsSource: true } : { inpainting: INPUTS[network] };
}
