import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { sizeConditioning, type SizeConditioning } from '../networks/size-conditioning.ts';
import { ALIGNED_LEVELS } from '../noise/align-your-steps.ts';
import { epsSchedule } from '../noise/eps-schedule.ts';
import { joinFeatures } from '../text/conditioning.ts';
import { CELL_SIZE, createAutoencoder } from './autoencoder.ts';
import { createClipEncoder } from './clip-encoder.ts';
import { createControls } from './controls.ts';
import { LATENT_FORMATS } from './latent-format.ts';
import { promptsOf, type DiffusionModel, type EncodedPrompt, type LatentShape } from './model.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { createNetwork } from './prompted-network.ts';
import { remember } from './remember.ts';
import { inpaintingOf } from './unet-inpainting.ts';

/** SDXL (Podell et al. 2023): both CLIP encoders, a UNet conditioned on the picture's size, a 4-channel autoencoder. */
export function sdxlModel(checkpoint: Checkpoint, networks: ModelCache): DiffusionModel {
  const clipL = createClipEncoder(checkpoint, networks, 'clip_l');
  const clipG = createClipEncoder(checkpoint, networks, 'clip_g');
  const autoencoder = createAutoencoder(checkpoint, networks);
  const unet = createNetwork(checkpoint, networks);
  const schedule = epsSchedule(checkpoint.prediction === 'v' ? 'v' : 'eps', {
    ...(checkpoint.zeroTerminalSnr && { zeroTerminalSnr: true }),
    aligned: ALIGNED_LEVELS.SDXL,
  });
  const encodePrompt = remember(async (prompt): Promise<EncodedPrompt> => {
    const l = await clipL.encode(prompt);
    const g = await clipG.encode(prompt);
    return { context: joinFeatures(l.states, g.states), pooled: g.pooled! };
  });
  return {
    family: 'sdxl',
    latentChannels: 4,
    cellSize: CELL_SIZE,
    latentFormat: LATENT_FORMATS.sdxl,
    schedule,
    sources(request) {
      const { prompts, encodesImage, height, width, ...rest } = request;
      const tokens = { negative: clipL.tokens(prompts.negative), positive: clipL.tokens(prompts.positive) };
      return [
        ...(promptsOf(request).every(encodePrompt.knows) ? [] : [clipL.source, clipG.source]),
        ...(encodesImage ? autoencoder.encoder(height, width) : []),
        ...unet.sources({ tokens, height, width, ...rest }),
        ...autoencoder.decoder(height, width),
      ];
    },
    encodePrompt,
    encodeImage: (image) => autoencoder.encode(image),
    ...inpaintingOf(checkpoint),
    controls: (uses) => createControls(uses, checkpoint, schedule, networks),
    network({ negative, positive }, shape, { size = ownSize(shape), ...conditions } = {}) {
      const input = ({ context, pooled }: EncodedPrompt) => ({
        context,
        vector: sizeConditioning(pooled!, size),
      });
      const prompts = { negative: input(negative), positive: input(positive) };
      return unet.network(prompts, shape, conditions);
    },
    decode: (latent, height, width) => autoencoder.decode(latent, height, width),
  };
}

/** A picture that was neither scaled nor cropped. */
function ownSize(shape: LatentShape): SizeConditioning {
  const height = shape.height * CELL_SIZE;
  const width = shape.width * CELL_SIZE;
  return { height, width, cropTop: 0, cropLeft: 0, targetHeight: height, targetWidth: width };
}
