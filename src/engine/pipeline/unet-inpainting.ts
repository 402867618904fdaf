import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { LATENT_CHANNELS } from '../checkpoint/family.ts';
import { inpaintingChannels, unmaskedChannels } from '../masks/inpainting.ts';
import { inputChannelsOf } from '../networks/unet-spec.ts';
import type { DiffusionModel } from './model.ts';

/** What a UNet reads beside the latent, if it was trained for inpainting. */
export const inpaintingOf = (checkpoint: Checkpoint): Pick<DiffusionModel, 'inpainting'> =>
  inputChannelsOf(checkpoint.weights('unet')) === LATENT_CHANNELS[checkpoint.family]
    ? {}
    : { inpainting: { masked: inpaintingChannels, unmasked: unmaskedChannels } };
