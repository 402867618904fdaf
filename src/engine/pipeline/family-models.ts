import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { diffusionNetworkOf } from '../networks/diffusion.ts';
import {
  refinerConditioning,
  sizeConditioning,
  type SizeConditioning,
} from '../networks/size-conditioning.ts';
import { ALIGNED_LEVELS } from '../noise/align-your-steps.ts';
import { epsSchedule } from '../noise/eps-schedule.ts';
import { flowSchedule } from '../noise/flow-schedule.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { createClipEncoder } from './clip-encoder.ts';
import type { Conditioning } from './guidance.ts';
import type { EncodedPrompt } from './model.ts';
import { clipAlone, sideBySide, statesAndVector, type PromptEncoder } from './prompt-encoder.ts';
import { createT5Encoder, type TokenizeT5 } from './t5-encoder.ts';
import type { TextReading } from './text-reading.ts';

/** How texts are tokenized and interpreted. */
export interface TextOptions {
  /** Replaces the tokenizer file beside the checkpoint if given. */
  readonly tokenizeT5: TokenizeT5 | undefined;
  readonly reading: TextReading;
}

/** Size and aesthetic score, which condition some networks. */
export interface PictureConditions {
  readonly size: SizeConditioning;
  readonly aesthetic: Readonly<Record<Conditioning, number>>;
}

/** The computations specific to a family. Its data is in engine/families. */
export interface FamilyModel {
  readonly schedule: (checkpoint: Checkpoint) => NoiseSchedule;
  readonly text: (checkpoint: Checkpoint, networks: ModelCache, options: TextOptions) => PromptEncoder;
  /** The vector conditioning of a prompt; absent if the network takes none. */
  readonly vector?: (
    prompt: EncodedPrompt,
    conditions: PictureConditions,
    which: Conditioning,
  ) => Float32Array;
}

/** FLUX.1-dev's timestep shift (Black Forest Labs 2024). */
const DEV_SHIFT = { mu: 1.15, entries: 10_000 };

/** The computations of each family. */
export const FAMILY_MODELS: Readonly<Record<ModelFamily, FamilyModel>> = {
  sd15: {
    schedule: discreteSchedule,
    text: (checkpoint, networks, { reading }) =>
      clipAlone(createClipEncoder(checkpoint, networks, 'clip_l', reading)),
  },
  sd2: {
    schedule: discreteSchedule,
    text: (checkpoint, networks, { reading }) =>
      clipAlone(createClipEncoder(checkpoint, networks, 'clip_h', reading)),
  },
  sdxl: {
    schedule: discreteSchedule,
    text: (checkpoint, networks, { reading }) =>
      sideBySide(
        createClipEncoder(checkpoint, networks, 'clip_l', reading),
        createClipEncoder(checkpoint, networks, 'clip_g', reading),
      ),
    vector: ({ pooled }, { size }) => sizeConditioning(pooled!, size),
  },
  sdxl_refiner: {
    schedule: discreteSchedule,
    text: (checkpoint, networks, { reading }) =>
      clipAlone(createClipEncoder(checkpoint, networks, 'clip_g', reading)),
    vector: ({ pooled }, { size, aesthetic }, which) => refinerConditioning(pooled!, size, aesthetic[which]),
  },
  flux: {
    schedule: (checkpoint) =>
      flowSchedule(diffusionNetworkOf(checkpoint).readsGuidance(checkpoint.weights('unet')) ? DEV_SHIFT : {}),
    text: (checkpoint, networks, { tokenizeT5, reading }) =>
      statesAndVector(
        createT5Encoder(checkpoint, networks, tokenizeT5, reading),
        // The pooled vector is always the last layer's.
        createClipEncoder(checkpoint, networks, 'clip_l', { ...reading, clipSkip: undefined }),
      ),
    vector: ({ pooled }) => pooled!,
  },
};

/** The noise schedule of Stable Diffusion's UNets, as the checkpoint was trained. */
function discreteSchedule({ family, prediction, zeroTerminalSnr }: Checkpoint): NoiseSchedule {
  const { aligned } = FAMILIES[family];
  return epsSchedule(prediction === 'v' ? 'v' : 'eps', {
    zeroTerminalSnr,
    ...(aligned && { aligned: ALIGNED_LEVELS[aligned] }),
  });
}
