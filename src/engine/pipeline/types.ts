import type { LatentColours } from '../families/family.ts';
import type { ModelFamily } from '../families/index.ts';
import type { JoinedSides } from '../graph/device-profile.ts';
import type { Mask } from '../masks/mask.ts';
import type { UnionMode } from '../networks/union-control.ts';
import type { SchedulerName } from '../noise/names.ts';
import type { NoiseDevice } from '../random/noise-device.ts';
import type { Variation } from '../random/variation.ts';
import type { LatentMethod } from '../resizing/resize.ts';
import type { SamplerName } from '../samplers/names.ts';
import type { Emphasis } from '../text/a1111/emphasis.ts';
import type { PromptStyle } from '../text/prompt-plan.ts';
import type { Shortcuts } from './shortcuts.ts';

/** Interleaved 8-bit RGB, `data.length = width * height * 3`, top row first. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The latent of an image, or of each image of a batch: f32 [C,h,w] in model space (scaled for the network).
 */
export interface Latent {
  readonly family: ModelFamily;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
  /** Number of images whose latents `data` contains; 1 if absent. */
  readonly images?: number;
  /** Colours from its checkpoint; the family's if absent. */
  readonly colours?: LatentColours;
  /** Pictures from a tiny decoder; absent if no preview was requested or no decoder is installed. */
  readonly pictures?: LatentPictures;
}

/** Small pictures of the first or all images of a latent, all of the same size. */
export interface LatentPictures {
  readonly images: number;
  readonly width: number;
  readonly height: number;
  /** Interleaved 8-bit RGB, top row first, one picture after the other. */
  readonly data: Uint8Array;
}

/** Rarely used settings with defaults. */
export interface SamplingOptions extends Shortcuts {
  /** Share of ancestral noise, 0..1. For samplers with `takesEta`. */
  readonly eta?: number;
  /** Scale of the noise added during sampling. For samplers with `takesNoiseScale`. */
  readonly sNoise?: number;
  /** Share of guidance rescaling, 0..1; see rescaled-guidance.ts. Not for flow models. */
  readonly rescaleCfg?: number;
  /** Range of the schedule, 0..1, in which guidance is applied. */
  readonly cfgInterval?: { readonly start: number; readonly end: number };
  /** α of a flow model's timestep shift; the model's own if absent. */
  readonly flowShift?: number;
}

/** A LoRA file and its strengths. */
export interface TaskLora {
  /** Absolute path of the `.safetensors` file. */
  readonly file: string;
  /** Strength on the diffusion network; 1 applies it fully. */
  readonly strength: number;
  /** Strength on the text encoders. */
  readonly textStrength: number;
}

/** An embedding file and its name in prompts. */
export interface TaskEmbedding {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

/** How prompts are interpreted. Defaults are ComfyUI's. */
export interface TextTask {
  readonly style?: PromptStyle;
  /** Effect of weights in A1111's style; ORIGINAL if absent. */
  readonly emphasis?: Emphasis;
  /**
   * The layer of the text encoders whose states are used, counted from the end, 1 for the last; each
   * encoder's default if absent.
   */
  readonly clipSkip?: number;
  /** The embeddings that the prompts use. */
  readonly embeddings?: readonly TaskEmbedding[];
}

/** A checkpoint that finishes the run of another one. */
export interface TaskRefiner {
  /** Absolute path of its file. */
  readonly checkpoint: string;
  /** Share of the steps after which it takes over, 0..1. */
  readonly switchAt: number;
}

/** A ControlNet or T2I adapter and its settings. */
export interface TaskControl {
  /** Absolute path of the `.safetensors` file. */
  readonly file: string;
  /** Kind of the picture, for a union ControlNet; if absent, the network receives none. */
  readonly mode?: UnionMode;
  /** 0 disables it. */
  readonly strength: number;
  /** Range of the schedule, 0..1, in which it is applied. */
  readonly start: number;
  readonly end: number;
  /** Its picture, such as edges, depth or a pose; of any size. */
  readonly hint: RgbImage;
}

/** Everything that the engine needs for one img2img job. Sent to the engine process as a structured clone. */
export interface Img2ImgTask {
  /** Absolute path of the `.safetensors` file. */
  readonly checkpoint: string;
  /** In the order in which they are applied; none if absent. */
  readonly loras?: readonly TaskLora[];
  readonly text?: TextTask;
  readonly refiner?: TaskRefiner;
  /** Absolute path of the file whose VAE replaces the checkpoint's. */
  readonly vae?: string;
  /**
   * Absolute path of the tiny decoder for the checkpoint's latents. Used for previews, and for the results if
   * `decoder` says so.
   */
  readonly tinyDecoder?: string;
  /** Decoder of the results; the VAE if absent. */
  readonly decoder?: 'TAESD';
  /** Sides at which pictures wrap around, so that they can be tiled; none if absent. For UNets. */
  readonly tiling?: JoinedSides;
  readonly controls?: readonly TaskControl[];
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Unsigned 64-bit; image i of the batch uses seed + i (mod 2^64), but see seedsOf. */
  readonly seed: bigint;
  readonly variation?: Variation;
  /** The device whose random generator is reproduced; the CPU if absent. */
  readonly noiseDevice?: NoiseDevice;
  readonly batchSize: number;
  readonly steps: number;
  readonly cfg: number;
  readonly options?: SamplingOptions;
  readonly samplerName: SamplerName;
  readonly scheduler: SchedulerName;
  /** 0..1; 0 returns the encoded and decoded source. */
  readonly denoise: number;
  readonly width: number;
  readonly height: number;
  /** Already width × height; null starts from an empty latent (text to image). */
  readonly image: RgbImage | null;
  /** The region to repaint; everything if absent. */
  readonly inpaint?: InpaintTask;
  /** Guidance scale for a guidance-distilled network such as FLUX.1-dev; 3.5 if absent. */
  readonly guidance?: number;
  /** A second pass over the enlarged result; not with `inpaint`. */
  readonly upscale?: UpscaleTask;
}

/** How a result is enlarged and sampled again. */
export interface UpscaleTask {
  /** Size of the final picture in pixels. */
  readonly width: number;
  readonly height: number;
  /** Resizes the latent by a method, or the picture with an upscaler (absolute path). */
  readonly by: { readonly latent: LatentMethod } | { readonly file: string };
  readonly steps: number;
  /** 0..1; 0 leaves the enlarged picture unchanged. */
  readonly denoise: number;
}

/** Initial content of the masked region: the image itself, or grey. Inpainting networks always see grey. */
export const MASK_FILLS = ['ORIGINAL', 'BLANK'] as const;
/** One of MASK_FILLS. */
export type MaskFill = (typeof MASK_FILLS)[number];

/** The region of an image to repaint. */
export interface InpaintTask {
  /** Has the image's size. */
  readonly mask: Mask;
  readonly fill: MaskFill;
  /**
   * Strength of differential diffusion, 0..1: the darker a pixel of the mask, the later in the run it may
   * change. Not used if absent.
   */
  readonly differential?: number;
}

/** The stages of a task, in order. UPSCALING, which few tasks have, is followed by SAMPLING again. */
export const ENGINE_STAGES = [
  'LOADING_MODEL',
  'ENCODING_PROMPT',
  'ENCODING_IMAGE',
  'SAMPLING',
  'UPSCALING',
  'DECODING',
] as const;
/** One of ENGINE_STAGES. */
export type EngineStage = (typeof ENGINE_STAGES)[number];

/** Progress of a task. */
export type EngineEvent =
  | {
      readonly type: 'stage';
      readonly stage: EngineStage;
      /** Known from SAMPLING on. */
      readonly totalSteps: number | null;
    }
  | {
      readonly type: 'step';
      /** 1-based count of finished steps; never decreases. */
      readonly step: number;
      /** Total number of steps; may change during a run with adaptive samplers. */
      readonly totalSteps: number;
      readonly sigma: number;
      /** The denoised estimates of the images of the batch. */
      readonly denoised: Latent;
    };

/** Result of a task. */
export interface EngineResult {
  /** In batch order. */
  readonly images: readonly RgbImage[];
  /** Milliseconds spent per stage. */
  readonly timings: Readonly<Record<EngineStage, number>>;
}

/** A requested preview of a step. */
export interface PreviewWish {
  /** Longest side of the pictures. */
  readonly size: number;
  /** Number of images, from the start of the batch. */
  readonly images: number;
}

/** Source of preview requests for a task. */
export interface PreviewViewers {
  /** Calls `listener` with each request: immediately with an existing one, then with new ones. */
  onWish(listener: (wish: PreviewWish) => void): void;
}

/** Status of an engine process as it reports it. */
export interface EngineProcessStatus {
  /** Execution provider in use, e.g. `cpu`. */
  readonly device: string;
  /** Why this provider was chosen, or could not be opened. */
  readonly reason: string;
  /**
   * Compute precision of its networks, except those that always use float32; null while no device is open.
   */
  readonly precision: 'f16' | 'f32' | null;
  /** STOPPED: there is no process; the next `open` starts one. */
  readonly state: 'STARTING' | 'IDLE' | 'BUSY' | 'STOPPED';
  readonly processId: number | null;
  /** Why it rejects tasks of quality FAST; null if it accepts them. Absent while no device is open. */
  readonly fastProblem?: string | null;
  /** Resident bytes of the engine process; 0 while it is down. */
  readonly residentBytes: number;
  /** The driver's name of the card; null if unknown (see DeviceMemory). */
  readonly card: string | null;
  /** Total bytes of the card's memory, and bytes in use by any program; null if unknown. */
  readonly memoryBytes: number | null;
  readonly memoryUsedBytes: number | null;
  /** Checkpoint paths whose networks are in memory. */
  readonly loaded: readonly string[];
  readonly runtimeVersion: string;
}
