import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { LATENT_CHANNELS } from '../checkpoint/family.ts';
import { fillChannels } from '../masks/inpainting.ts';
import { fluxInputChannels, readsGuidance } from '../networks/flux-spec.ts';
import { flowSchedule } from '../noise/flow-schedule.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { CELL_SIZE, createAutoencoder } from './autoencoder.ts';
import { createClipEncoder } from './clip-encoder.ts';
import { LATENT_FORMATS } from './latent-format.ts';
import { promptsOf, type DiffusionModel, type EncodedPrompt, type InpaintingInput } from './model.ts';
import { createNetwork } from './prompted-network.ts';
import { remember } from './remember.ts';
import { createT5Encoder, type TokenizeT5 } from './t5-encoder.ts';

/** Of FLUX.1-dev's timestep shift, μ (Black Forest Labs 2024). */
const DEV_SHIFT = Math.exp(1.15);

/** Of FLUX.1-dev, where a task gives none. */
const GUIDANCE = 3.5;

/** FLUX.1-fill without a mask: everything, from a picture of zeros. */
const FILL: InpaintingInput = {
  masked: fillChannels,
  unmasked(height, width) {
    const { scale, shift } = LATENT_FORMATS.flux;
    const nothing = new Float32Array(LATENT_CHANNELS.flux * height * width).fill(-shift * scale);
    return fillChannels({ width: 1, height: 1, data: Float32Array.of(1) }, nothing, height, width);
  },
};

/** FLUX.1 (Black Forest Labs 2024), schnell, dev and fill: T5's states and CLIP's pooled vector, a transformer, a 16-channel autoencoder. */
export function fluxModel(
  checkpoint: Checkpoint,
  networks: ModelCache,
  tokenizeT5?: TokenizeT5,
): DiffusionModel {
  const clip = createClipEncoder(checkpoint, networks, 'clip_l');
  const t5 = createT5Encoder(checkpoint, networks, tokenizeT5);
  const autoencoder = createAutoencoder(checkpoint, networks);
  const transformer = createNetwork(checkpoint, networks);
  const guided = readsGuidance(checkpoint.weights('unet'));
  const fills = fluxInputChannels(checkpoint.weights('unet')) > LATENT_CHANNELS.flux;
  const encodePrompt = remember(async (prompt): Promise<EncodedPrompt> => {
    const pooled = await clip.pool(prompt);
    return { context: await t5.encode(prompt), pooled };
  });
  return {
    family: 'flux',
    latentChannels: 16,
    cellSize: CELL_SIZE,
    latentFormat: LATENT_FORMATS.flux,
    schedule: guided ? flowSchedule({ shift: DEV_SHIFT, entries: 10_000 }) : flowSchedule(),
    async sources(request) {
      const { prompts, encodesImage, height, width, ...rest } = request;
      const tokens = {
        negative: await t5.tokens(prompts.negative),
        positive: await t5.tokens(prompts.positive),
      };
      const unknown = promptsOf(request).filter((prompt) => !encodePrompt.knows(prompt));
      const lengths = new Set(await Promise.all(unknown.map((prompt) => t5.tokens(prompt))));
      return [
        ...(unknown.length > 0 ? [clip.source] : []),
        ...[...lengths].map((length) => t5.source(length)),
        ...(encodesImage ? autoencoder.encoder(height, width) : []),
        ...transformer.sources({ tokens, height, width, ...rest }),
        ...autoencoder.decoder(height, width),
      ];
    },
    encodePrompt,
    encodeImage: (image) => autoencoder.encode(image),
    ...(fills && { inpainting: FILL }),
    network({ negative, positive }, shape, { beside, guidance = GUIDANCE } = {}) {
      const input = ({ context, pooled }: EncodedPrompt) => ({ context, vector: pooled! });
      const prompts = { negative: input(negative), positive: input(positive) };
      return transformer.network(prompts, shape, { ...(beside && { beside }), ...(guided && { guidance }) });
    },
    decode: (latent, height, width) => autoencoder.decode(latent, height, width),
  };
}
