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

/** Interleaved 8-bit RGB, `data.length = width * height * 3`, rows from the top. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The latent of an image, or of each image of a batch, channel-major f32 in model space (scaled as the network sees it). */
export interface Latent {
  readonly family: ModelFamily;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
  /** Images whose latents `data` holds one after the other; absent: one. */
  readonly images?: number;
  /** What its checkpoint says of the colours; absent: those of the family. */
  readonly colours?: LatentColours;
  /** Pictures that a tiny decoder made of it; absent: nobody watches, or no decoder is installed. */
  readonly pictures?: LatentPictures;
}

/** Small pictures of the first images of a latent, or of all, all of one size. */
export interface LatentPictures {
  readonly images: number;
  readonly width: number;
  readonly height: number;
  /** Interleaved 8-bit RGB, rows from the top, one picture after the other. */
  readonly data: Uint8Array;
}

/** What few jobs ask for; each is as usual when left out. */
export interface SamplingOptions extends Shortcuts {
  /** The share of ancestral noise, 0..1. For samplers with `takesEta`. */
  readonly eta?: number;
  /** Multiplies the noise on the way. For samplers with `takesNoiseScale`. */
  readonly sNoise?: number;
  /** How far guided predictions are brought back to the deviation of unguided ones, 0..1. Not for flow models. */
  readonly rescaleCfg?: number;
  /** The part of the model's way, 0..1, on which guidance is applied. */
  readonly cfgInterval?: { readonly start: number; readonly end: number };
  /** α of a flow model's timestep shift, instead of its own. */
  readonly flowShift?: number;
}

/** A LoRA file and how much of it is wanted. */
export interface TaskLora {
  /** Absolute path of the `.safetensors` file. */
  readonly file: string;
  /** Of what it does to the diffusion network; 1: all of it. */
  readonly strength: number;
  /** Of what it does to the text encoders. */
  readonly textStrength: number;
}

/** An embedding file and what the prompts call it. */
export interface TaskEmbedding {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

/** How prompts are read; as in ComfyUI what is left out. */
export interface TextTask {
  readonly style?: PromptStyle;
  /** What weights do in A1111's style; ORIGINAL if absent. */
  readonly emphasis?: Emphasis;
  /** The layer of the text encoders that is taken, counted from the end, 1 for the last; absent: each one's own. */
  readonly clipSkip?: number;
  /** Those that the prompts mention. */
  readonly embeddings?: readonly TaskEmbedding[];
}

/** A checkpoint that ends the run of another. */
export interface TaskRefiner {
  /** Absolute path of its file. */
  readonly checkpoint: string;
  /** The share of the steps after which it takes over, 0..1. */
  readonly switchAt: number;
}

/** A ControlNet or T2I adapter and how it is used. */
export interface TaskControl {
  /** Absolute path of the `.safetensors` file. */
  readonly file: string;
  /** Kind of the picture, for a union ControlNet; absent: the network receives no mode. */
  readonly mode?: UnionMode;
  /** 0: not at all. */
  readonly strength: number;
  /** The part of the model's way, 0..1, on which it is applied. */
  readonly start: number;
  readonly end: number;
  /** What it reads: edges, depth, a pose; of any size. */
  readonly hint: RgbImage;
}

/** Everything the engine needs for one img2img job; a structured clone of it crosses to the engine process. */
export interface Img2ImgTask {
  /** Absolute path of the `.safetensors` file. */
  readonly checkpoint: string;
  /** In the order in which they are added; absent: none. */
  readonly loras?: readonly TaskLora[];
  readonly text?: TextTask;
  /** Absent: none. */
  readonly refiner?: TaskRefiner;
  /** Absolute path of the file whose autoencoder takes the place of the checkpoint's. */
  readonly vae?: string;
  /**
   * Absolute path of the tiny decoder for the checkpoint's latents: of steps that somebody wants to see, and of all pictures if
   * `decoder` says so.
   */
  readonly tinyDecoder?: string;
  /** What makes the pictures; absent: the autoencoder. */
  readonly decoder?: 'TAESD';
  /** Which sides of the pictures meet, so that they tile; absent: none. For UNets. */
  readonly tiling?: JoinedSides;
  /** Absent: none. */
  readonly controls?: readonly TaskControl[];
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Unsigned 64-bit; image i of the batch uses seed + i (mod 2^64), but see seedsOf. */
  readonly seed: bigint;
  /** Absent: none. */
  readonly variation?: Variation;
  /** Whose generator draws the noise; the CPU's if absent. */
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
  /** Which part of the image is repainted; left out: all of it. */
  readonly inpaint?: InpaintTask;
  /** Scale for a network that was distilled from guidance, such as FLUX.1-dev; 3.5 if left out. */
  readonly guidance?: number;
  /** A second pass over the enlarged result; not with `inpaint`. */
  readonly upscale?: UpscaleTask;
}

/** How a result is made larger and sampled again. */
export interface UpscaleTask {
  /** Of the final picture in pixels. */
  readonly width: number;
  readonly height: number;
  /** The latent is resized, or the picture by the upscaler of this file (absolute path). */
  readonly by: { readonly latent: LatentMethod } | { readonly file: string };
  readonly steps: number;
  /** 0..1; 0 leaves the enlarged picture as it is. */
  readonly denoise: number;
}

/** What the image is begun with where it is repainted: itself, or grey. An inpainting network sees it grey in any case. */
export const MASK_FILLS = ['ORIGINAL', 'BLANK'] as const;
export type MaskFill = (typeof MASK_FILLS)[number];

/** Which part of an image is repainted. */
export interface InpaintTask {
  /** Of the image's size. */
  readonly mask: Mask;
  readonly fill: MaskFill;
  /** Of differential diffusion, 0 to 1: the greyer a place, the later in the run it may change. Left out: not used. */
  readonly differential?: number;
}

/** Stages the engine passes through, in this order; after UPSCALING, which few tasks have, SAMPLING comes once more. */
export const ENGINE_STAGES = [
  'LOADING_MODEL',
  'ENCODING_PROMPT',
  'ENCODING_IMAGE',
  'SAMPLING',
  'UPSCALING',
  'DECODING',
] as const;
export type EngineStage = (typeof ENGINE_STAGES)[number];

export type EngineEvent =
  | {
      readonly type: 'stage';
      readonly stage: EngineStage;
      /** Known from SAMPLING on. */ readonly totalSteps: number | null;
    }
  | {
      readonly type: 'step';
      /** 1-based count of finished steps; never decreases. */
      readonly step: number;
      /** Steps that will really run; may shrink or grow for adaptive samplers. */
      readonly totalSteps: number;
      readonly sigma: number;
      /** The denoised estimates of the images of the batch. */
      readonly denoised: Latent;
    };

export interface EngineResult {
  /** In batch order. */
  readonly images: readonly RgbImage[];
  /** Milliseconds spent per stage. */
  readonly timings: Readonly<Record<EngineStage, number>>;
}

/** What an engine process says of itself. */
export interface EngineProcessStatus {
  /** Execution provider in use, e.g. `cpu`. */
  readonly device: string;
  /** Why this provider was taken, or could not be opened. */
  readonly reason: string;
  /** What its networks compute in, but for those that never bear half precision; null while no device is open. */
  readonly precision: 'f16' | 'f32' | null;
  /** STOPPED: no process runs; the next `open` starts one. */
  readonly state: 'STARTING' | 'IDLE' | 'BUSY' | 'STOPPED';
  readonly processId: number | null;
  /** Why it refuses tasks of quality FAST; null: it takes them. Absent while no device is open. */
  readonly fastProblem?: string | null;
  /** Resident bytes of the engine process, 0 while it is down. */
  readonly residentBytes: number;
  /** The card as its driver calls it; null where none is asked (see DeviceMemory). */
  readonly card: string | null;
  /** Bytes of the card's own memory, and those of them that are in use by anybody; null likewise. */
  readonly memoryBytes: number | null;
  readonly memoryUsedBytes: number | null;
  /** Checkpoint paths whose networks are in memory. */
  readonly loaded: readonly string[];
  readonly runtimeVersion: string;
}

/** An engine as its parent sees it. */
export interface EngineStatus extends EngineProcessStatus {
  /** Milliseconds since the epoch of the running task's latest event, or of its start before the first; null when idle. */
  readonly lastEventAt: number | null;
  /** Ends of the process that its parent did not cause, since the parent started. */
  readonly interruptions: number;
}

export interface EngineRunOptions {
  /**
   * Abort with reason 'now' to kill the engine process at once; any other reason stops it between two steps, and kills it if
   * it takes too long to come there.
   */
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
  /** Who wants to see the task's steps; absent: nobody ever does. */
  readonly viewers?: PreviewViewers;
}

/** A requested preview of a step. */
export interface PreviewWish {
  /** Longest side of the pictures. */
  readonly size: number;
  /** Of so many images of the batch, the first ones. */
  readonly images: number;
}

/** Those who want to see the steps of one task. */
export interface PreviewViewers {
  /** Calls `listener` with what somebody wants: at once if somebody did before, and from now on. */
  onWish(listener: (wish: PreviewWish) => void): void;
}

/** The parent's handle on one engine process; runs one task at a time. */
export interface Engine {
  /**
   * Resolves when the device is open; starts the process if none runs. Rejects with DeviceError if the device cannot be
   * opened: the process is gone then, and the next call starts another. Does not retry.
   */
  open(): Promise<EngineStatus>;
  /**
   * Rejects with CheckpointError, TaskTooLargeError, DeviceError or CanceledError. A DeviceError ends the process first: the
   * next task gets another.
   */
  run(task: Img2ImgTask, options: EngineRunOptions): Promise<EngineResult>;
  status(): Promise<EngineStatus>;
  /** Releases the memory of every network: at once, or when the running task has ended, which is not waited for. */
  unload(): Promise<void>;
  /** Kills the process at once, also one that hangs; a running task rejects with DeviceError(reason). The engine stays usable. */
  kill(reason: string): Promise<void>;
  /** Ends the process; a running task rejects with CanceledError. */
  close(): Promise<void>;
}
