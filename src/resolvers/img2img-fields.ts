import type {
  Emphasis,
  JoinedSides,
  LatentMethod,
  NoiseDevice,
  PromptStyle,
  Quality,
  SamplerName,
  SchedulerName,
} from '../engine/index.ts';
import type { Decoder, JobExtend, ResizeMode } from '../jobs/request.ts';
import type { ControlInput } from './parse-controls.ts';
import type { MaskInput } from './parse-mask.ts';
import type { RefinerInput } from './parse-refiner.ts';
import type { DeepCacheInput } from './parse-shortcuts.ts';
import type { VariationInput } from './parse-variation.ts';

/** A part of the way from noise to image, as it arrives. */
export interface CfgIntervalInput {
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
}

/** `LoraInput` as it arrives. */
export interface LoraInput {
  readonly name: string;
  readonly strength?: number | null | undefined;
  /** The strength if absent. */
  readonly textStrength?: number | null | undefined;
}

/** `UpscaleInput` as it arrives; missing and null fields mean the default. */
export interface UpscaleInput {
  readonly by?: number | null | undefined;
  /** Name of an upscaler; absent: latents are resized. */
  readonly model?: string | null | undefined;
  readonly method?: LatentMethod | null | undefined;
  readonly denoiseStrength?: number | null | undefined;
  /** The steps of the first pass if absent. */
  readonly steps?: number | null | undefined;
}

/** `ExtendInput` as it arrives; missing and null fields mean the default. */
export type ExtendInput = { readonly [Side in keyof JobExtend]?: number | null | undefined };

/** LoRAs of one job, and the inclusive bounds of their strengths. */
export const MAX_LORAS = 20;
export const LORA_STRENGTH_LIMITS = [-10, 10] as const;

/**
 * `Img2ImgInput` as it arrives: of the right types, otherwise unchecked. A missing field means its default; so does null, except
 * for settings that a model recommends, where it means the recommendation.
 */
export interface Img2ImgInput {
  /** The model's name. */
  readonly model?: string | null | undefined;
  /** Alternative to `model`. */
  readonly modelName?: string | null | undefined;
  /** Unsigned 64-bit; null and -1 draw one, undefined means the default. */
  readonly seed?: bigint | null | undefined;
  readonly noiseDevice?: NoiseDevice | null | undefined;
  readonly variation?: VariationInput | null | undefined;
  readonly steps?: number | null | undefined;
  readonly batchSize?: number | null | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
  readonly samplerName?: SamplerName | null | undefined;
  readonly cfg?: number | null | undefined;
  readonly eta?: number | null | undefined;
  readonly sNoise?: number | null | undefined;
  readonly rescaleCfg?: number | null | undefined;
  readonly cfgInterval?: CfgIntervalInput | null | undefined;
  readonly flowShift?: number | null | undefined;
  readonly quality?: Quality | null | undefined;
  readonly deepCache?: DeepCacheInput | null | undefined;
  readonly tokenMerging?: number | null | undefined;
  readonly denoiseStrength?: number | null | undefined;
  readonly scheduler?: SchedulerName | null | undefined;
  readonly prompt?: string | null | undefined;
  readonly loras?: readonly LoraInput[] | null | undefined;
  readonly controls?: readonly ControlInput[] | null | undefined;
  readonly negativePrompt?: string | null | undefined;
  readonly promptStyle?: PromptStyle | null | undefined;
  readonly emphasis?: Emphasis | null | undefined;
  readonly clipSkip?: number | null | undefined;
  /** http(s) or data: URL; empty: none. */
  readonly imageUrl?: string | null | undefined;
  /** An uploaded file, instead of imageUrl. */
  readonly image?: Blob | null | undefined;
  /** Global id of a result or a stored source, instead of imageUrl. */
  readonly imageId?: string | null | undefined;
  readonly resizeMode?: ResizeMode | null | undefined;
  /** Repaints only a part of the source. */
  readonly mask?: MaskInput | null | undefined;
  /** Scale for a guidance-distilled model; null: 3.5. */
  readonly guidance?: number | null | undefined;
  /** Name of a VAE. */
  readonly vae?: string | null | undefined;
  /** null: VAE. */
  readonly decoder?: Decoder | null | undefined;
  readonly upscale?: UpscaleInput | null | undefined;
  readonly extend?: ExtendInput | null | undefined;
  readonly tiling?: JoinedSides | null | undefined;
  readonly refiner?: RefinerInput | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The default model. */
export const DEFAULT_MODEL = 'majicmixRealistic_betterV6';

/** Defaults of the other fields; the schema prints them. */
export const IMG2IMG_DEFAULTS = {
  seed: 0n,
  noiseDevice: 'CPU',
  steps: 20,
  batchSize: 1,
  width: 512,
  height: 512,
  samplerName: 'euler',
  cfg: 8,
  denoiseStrength: 0.75,
  scheduler: 'normal',
  prompt: 'beautiful scenery nature glass bottle landscape, purple galaxy bottle',
  negativePrompt: 'text, watermark',
  imageUrl: '',
  resizeMode: 'CROP',
} as const satisfies Img2ImgInput;

/** Inclusive bounds of the numeric fields. */
export const IMG2IMG_LIMITS = {
  steps: [1, 150],
  batchSize: [1, 16],
  width: [64, 2048],
  height: [64, 2048],
  cfg: [0, 100],
  denoiseStrength: [0, 1],
  guidance: [0, 100],
  eta: [0, 1],
  sNoise: [0, 2],
  rescaleCfg: [0, 1],
  flowShift: [0.1, 100],
  clipSkip: [1, 24],
} as const;

/** Longest prompt, in UTF-16 code units: far more than any model reads, but cheap to tokenise. */
export const MAX_PROMPT_LENGTH = 10_000;

/** Longest total of the distinct texts of a prompt's schedules, in UTF-16 code units: each is encoded. */
export const MAX_SCHEDULED_LENGTH = 50_000;

/** Tags of a job, and UTF-16 code units of each. */
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 64;

/** Bytes of a job's metadata as JSON. */
export const MAX_METADATA_BYTES = 4096;

/** Longest idempotency key, in UTF-16 code units. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

/** Inclusive bounds of a job's priority. */
export const PRIORITY_LIMITS = [-100, 100] as const;
