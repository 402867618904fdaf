import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { FAMILIES } from '../families/index.ts';
import type { NetworkName } from '../families/family.ts';
import { LATENT_FORMATS } from '../families/latent-formats.ts';
import { fillChannels, inpaintingChannels, unmaskedChannels } from '../masks/inpainting.ts';
import { diffusionNetworkOf } from '../networks/diffusion.ts';
import type { DiffusionModel, InpaintingInput } from './model.ts';

/** FLUX.1-fill without a mask: everything, from a picture of zeros. */
function unfilledChannels(height: number, width: number): Float32Array {
  const { channels, scale, shift } = LATENT_FORMATS.flux;
  const nothing = new Float32Array(channels * height * width).fill(-shift * scale);
  return fillChannels({ width: 1, height: 1, data: Float32Array.of(1) }, nothing, height, width);
}

const INPUTS: Readonly<Record<NetworkName, InpaintingInput>> = {
  unet: { masked: inpaintingChannels, unmasked: unmaskedChannels },
  flux: { masked: fillChannels, unmasked: unfilledChannels },
};

/** What a diffusion network reads beside the latent, if it was trained for inpainting. */
export function inpaintingOf(checkpoint: Checkpoint): Pick<DiffusionModel, 'inpainting'> {
  const { latent, network } = FAMILIES[checkpoint.family];
  const reads = diffusionNetworkOf(checkpoint).inputChannels(checkpoint.weights('unet'));
  return reads === latent.channels ? {} : { inpainting: INPUTS[network] };
}
