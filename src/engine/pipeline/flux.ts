import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { flowSchedule } from '../noise/flow-schedule.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { CELL_SIZE, createAutoencoder } from './autoencoder.ts';
import { createClipEncoder } from './clip-encoder.ts';
import { LATENT_FORMATS } from './latent-format.ts';
import { promptsOf, type DiffusionModel, type EncodedPrompt } from './model.ts';
import { createNetwork } from './prompted-network.ts';
import { remember } from './remember.ts';
import { createT5Encoder, type TokenizeT5 } from './t5-encoder.ts';

/** FLUX.1-schnell (Black Forest Labs 2024): T5's states and CLIP's pooled vector, a transformer, a 16-channel autoencoder. */
export function fluxModel(
  checkpoint: Checkpoint,
  networks: ModelCache,
  tokenizeT5?: TokenizeT5,
): DiffusionModel {
  const clip = createClipEncoder(checkpoint, networks, 'clip_l');
  const t5 = createT5Encoder(checkpoint, networks, tokenizeT5);
  const autoencoder = createAutoencoder(checkpoint, networks);
  const transformer = createNetwork(checkpoint, networks);
  const encodePrompt = remember(async (prompt): Promise<EncodedPrompt> => {
    const pooled = await clip.pool(prompt);
    return { context: await t5.encode(prompt), pooled };
  });
  return {
    family: 'flux',
    latentChannels: 16,
    cellSize: CELL_SIZE,
    latentFormat: LATENT_FORMATS.flux,
    schedule: flowSchedule(),
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
    network({ negative, positive }, shape) {
      const input = ({ context, pooled }: EncodedPrompt) => ({ context, vector: pooled! });
      return transformer.network({ negative: input(negative), positive: input(positive) }, shape);
    },
    decode: (latent, height, width) => autoencoder.decode(latent, height, width),
  };
}
