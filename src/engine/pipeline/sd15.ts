import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { ALIGNED_LEVELS } from '../noise/align-your-steps.ts';
import { epsSchedule } from '../noise/eps-schedule.ts';
import { createAutoencoder, CELL_SIZE } from './autoencoder.ts';
import { createClipEncoder } from './clip-encoder.ts';
import { createControls } from './controls.ts';
import { LATENT_FORMATS } from './latent-format.ts';
import { promptsOf, type DiffusionModel, type EncodedPrompt } from './model.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { remember } from './remember.ts';
import { createNetwork } from './prompted-network.ts';
import { inpaintingOf } from './unet-inpainting.ts';

/** Stable Diffusion 1.5 (Rombach et al. 2022): CLIP-L, a UNet and a 4-channel autoencoder in one file. */
export function sd15Model(checkpoint: Checkpoint, networks: ModelCache): DiffusionModel {
  const clip = createClipEncoder(checkpoint, networks, 'clip_l');
  const autoencoder = createAutoencoder(checkpoint, networks);
  const unet = createNetwork(checkpoint, networks);
  const schedule = epsSchedule(checkpoint.prediction === 'v' ? 'v' : 'eps', {
    ...(checkpoint.zeroTerminalSnr && { zeroTerminalSnr: true }),
    aligned: ALIGNED_LEVELS.SD1,
  });
  const encodePrompt = remember(async (prompt): Promise<EncodedPrompt> => {
    const { states } = await clip.encode(prompt);
    return { context: states };
  });
  return {
    family: 'sd15',
    latentChannels: 4,
    cellSize: CELL_SIZE,
    latentFormat: LATENT_FORMATS.sd15,
    schedule,
    sources(request) {
      const { prompts, encodesImage, height, width, ...rest } = request;
      const tokens = { negative: clip.tokens(prompts.negative), positive: clip.tokens(prompts.positive) };
      return [
        ...(promptsOf(request).every(encodePrompt.knows) ? [] : [clip.source]),
        ...(encodesImage ? autoencoder.encoder(height, width) : []),
        ...unet.sources({ tokens, height, width, ...rest }),
        ...autoencoder.decoder(height, width),
      ];
    },
    encodePrompt,
    encodeImage: (image) => autoencoder.encode(image),
    ...inpaintingOf(checkpoint),
    controls: (uses) => createControls(uses, checkpoint, schedule, networks),
    network: (prompts, shape, conditions) => unet.network(prompts, shape, conditions),
    decode: (latent, height, width) => autoencoder.decode(latent, height, width),
  };
}
