import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { FAMILIES, isFlow, textEncodersOf } from '../families/index.ts';
import type { JoinedSides } from '../graph/device-profile.ts';
import { diffusionNetworkOf } from '../networks/diffusion.ts';
import type { SizeConditioning } from '../networks/size-conditioning.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { CELL_SIZE, createAutoencoder } from './autoencoder.ts';
import { createClipEncoder } from './clip-encoder.ts';
import { createControls } from './controls.ts';
import { FAMILY_MODELS } from './family-models.ts';
import type { Conditioning } from './guidance.ts';
import type { LatentShape } from './latent-shape.ts';
import { textsToEncode, type DiffusionModel, type EncodedPrompt } from './model.ts';
import { moreInputOf } from './network-input.ts';
import { lengthsOf } from './prompt-turns.ts';
import { createNetwork, type PromptInput } from './prompted-network.ts';
import { remember } from './remember.ts';
import type { TokenizeT5 } from './t5-encoder.ts';
import { PLAIN_READING, type TextReading } from './text-reading.ts';
import type { OpenTinyDecoder } from './tiny-decoder.ts';

/** Aesthetic scores for the refiner (Podell et al. 2023). */
const AESTHETIC = { positive: 6, negative: 2.5 };

/** Length of short prompts in tokens. */
const USUAL_TOKENS = { negative: 77, positive: 77 };

/** Default guidance scale of guidance-distilled networks: FLUX.1-dev's. */
const GUIDANCE = 3.5;

/**
 * Creates a model from an opened checkpoint. Its networks are opened when needed. `tokenizeT5` replaces the
 * tokenizer file beside a FLUX checkpoint, `reading` sets how prompts are interpreted, `joinedSides` at which
 * sides pictures wrap around, `tinyDecoder` replaces the VAE's decoder.
 */
export function createModel(
  checkpoint: Checkpoint,
  networks: ModelCache,
  tokenizeT5?: TokenizeT5,
  reading: TextReading = PLAIN_READING,
  joinedSides?: JoinedSides,
  tinyDecoder?: OpenTinyDecoder,
): DiffusionModel {
  const { family } = checkpoint;
  const { latent, control } = FAMILIES[family];
  const { schedule, text, vector } = FAMILY_MODELS[family];
  const encoder = text(checkpoint, networks, { tokenizeT5, reading });
  const encoded = remember((texts) => encoder.encode(JSON.parse(texts) as string[]));
  const encodeTexts = (texts: readonly string[]) => encoded(JSON.stringify(texts));
  const textNetworks = textEncodersOf(family)
    .filter((part) => part !== 't5')
    .map((part) => createClipEncoder(checkpoint, networks, part, reading).source);
  const diffusion = createNetwork(checkpoint, networks, { joinedSides, others: textNetworks });
  const autoencoder = createAutoencoder(checkpoint, networks, {
    joinedSides,
    tinyDecoder,
    resident: (height, width) =>
      diffusion
        .sources({ batch: 1, height, width, guided: !isFlow(family), tokens: USUAL_TOKENS })
        .filter(({ stays }) => stays),
  });
  const isDistilled = diffusionNetworkOf(checkpoint).readsGuidance(checkpoint.weights('unet'));
  const { latent_rgb: latentColours } = checkpoint.sidecar;
  const levels = schedule(checkpoint);

  return {
    family,
    latentChannels: latent.channels,
    cellSize: CELL_SIZE,
    latentFormat: latent,
    ...(latentColours && { latentColours }),
    schedule: levels,
    async sources(request) {
      const { prompts, encodesImage, decodesImage = true, height, width, ...rest } = request;
      const unknown = textsToEncode(request).filter((texts) => !encoded.knows(JSON.stringify(texts)));
      const networkRequests = await lengthsOf(prompts, (texts) => encoder.tokens(texts));
      return [
        ...(await encoder.sources(unknown)),
        ...(encodesImage ? autoencoder.encoder(height, width) : []),
        ...networkRequests.flatMap((lengths) => diffusion.sources({ height, width, ...rest, ...lengths })),
        ...(decodesImage ? autoencoder.decoder(height, width) : []),
      ];
    },
    encodePrompt: async (text) => (await encodeTexts([text]))[0]!,
    encodeTexts,
    encodeImage: (image) => autoencoder.encode(image),
    ...moreInputOf(checkpoint),
    ...(control && { controls: (uses) => createControls(uses, checkpoint, levels, networks, joinedSides) }),
    network({ negative, positive }, shape, conditions = {}) {
      const { size = ownSize(shape), aesthetic = AESTHETIC, guidance = GUIDANCE, ...more } = conditions;
      const input = (prompt: EncodedPrompt, conditioning: Conditioning): PromptInput => ({
        context: prompt.context,
        ...(vector && { vector: vector(prompt, { size, aesthetic }, conditioning) }),
      });
      const prompts = { negative: input(negative, 'negative'), positive: input(positive, 'positive') };
      return diffusion.network(prompts, shape, {
        ...more,
        ...(isDistilled && { guidance }),
      });
    },
    decode: (values, height, width) => autoencoder.decode(values, height, width),
  };
}

/** Size conditioning of a picture that was neither scaled nor cropped. */
function ownSize(shape: LatentShape): SizeConditioning {
  const height = shape.height * CELL_SIZE;
  const width = shape.width * CELL_SIZE;
  return { height, width, cropTop: 0, cropLeft: 0, targetHeight: height, targetWidth: width };
}
