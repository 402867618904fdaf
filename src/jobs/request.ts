import {
  type JoinedSides,
  type LatentMethod,
  type ControlKind,
  type Emphasis,
  type FileContent,
  type MaskFill,
  type NoiseDevice,
  type PromptStyle,
  type SamplerName,
  type SamplingOptions,
  type SchedulerName,
  type UnionMode,
  partsOf,
  SAMPLERS,
} from '../engine/index.ts';

export const RESIZE_MODES = ['CROP', 'FIT', 'STRETCH'] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];

/** The stored source image of a job. */
export interface SourceImage {
  /** Hash of the original bytes in the object store, lower-case hex. */
  readonly sha256: string;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

export const DECODERS = ['VAE', 'TAESD'] as const;
/** What makes pictures of latents: the autoencoder that made the latents, or a tiny one. */
export type Decoder = (typeof DECODERS)[number];

export const MASK_AREAS = ['WHOLE', 'MASKED'] as const;
/** Whether the whole picture is made at the job's size, or only the region around the mask, and put back into the source. */
export type MaskArea = (typeof MASK_AREAS)[number];

/** What of the source a job repaints, and how. */
export interface JobMask {
  /** Hash of the mask in the object store, a grey PNG of the source's size; lower-case hex. */
  readonly sha256: string;
  readonly fill: MaskFill;
  readonly area: MaskArea;
  /** Pixels of the job's size by which it grows; negative: shrinks. */
  readonly grow: number;
  /** Standard deviation of the blur of its edge, in pixels of the job's size. */
  readonly blur: number;
  /** Pixels of the source around the mask, where only that region is made. */
  readonly padding: number;
  /** Strength of differential diffusion, 0 to 1; null: not used. */
  readonly differential: number | null;
}

/** A file of a job: the one with this content, whatever it is called now. */
export interface JobFile {
  readonly name: string;
  /** Path relative to MODELS_DIR when the job was accepted. */
  readonly file: string;
  /** Hash of the file, lower-case hex. */
  readonly sha256: string;
}

/** A LoRA of a job. */
export interface JobLora extends JobFile {
  readonly strength: number;
  readonly textStrength: number;
}

/** An embedding that a job's prompts mention; its name is the one that they call it by. */
export type JobEmbedding = JobFile;

export const CONTROL_PREPROCESSORS = ['NONE', 'CANNY', 'BLUR', 'INVERT', 'LUMINANCE', 'SCRIBBLE'] as const;
export type ControlPreprocessor = (typeof CONTROL_PREPROCESSORS)[number];

/** What is made of a control's picture before the control reads it. */
export type ControlPreprocessing =
  | { readonly preprocessor: Exclude<ControlPreprocessor, 'CANNY' | 'BLUR'> }
  | {
      readonly preprocessor: 'CANNY';
      /** Gradients, 0 to 2040. */
      readonly low: number;
      readonly high: number;
    }
  | { readonly preprocessor: 'BLUR'; /** Standard deviation in pixels. */ readonly blur: number };

/** A ControlNet or T2I adapter of a job. */
export interface JobControl extends JobFile {
  readonly kind: ControlKind;
  /** Kind of its picture, for a union ControlNet; absent: the network receives no mode. */
  readonly mode?: UnionMode;
  readonly strength: number;
  /** The part of the model's way, 0..1, on which it is applied. */
  readonly start: number;
  readonly end: number;
  readonly how: ControlPreprocessing;
  /** Its picture; null: the job's own source. */
  readonly image: SourceImage | null;
}

/** A checked request, immutable and JSON-serialisable: what the job was asked to do. */
export interface Img2ImgSettings {
  /** Name of the model, the `Model` enum value. */
  readonly model: string;
  /** The contents of its files when the job was accepted; absent in jobs of older versions. */
  readonly modelFiles?: readonly FileContent[];
  /** Unsigned 64-bit in decimal. */
  readonly seed: string;
  /** Whose generator draws the noise; the CPU's if absent. */
  readonly noiseDevice?: NoiseDevice;
  /** Absent: none. */
  readonly variation?: JobVariation;
  readonly steps: number;
  readonly batchSize: number;
  readonly width: number;
  readonly height: number;
  readonly samplerName: SamplerName;
  readonly cfg: number;
  /** Absent: everything as usual. */
  readonly options?: SamplingOptions;
  /** 0..1; 1 when there is no source. */
  readonly denoiseStrength: number;
  readonly scheduler: SchedulerName;
  readonly prompt: string;
  readonly negativePrompt: string;
  /** As given; a data: URL is shortened to its media type. */
  readonly imageUrl: string;
  readonly resizeMode: ResizeMode;
  /** In the order in which they are added; absent: none. */
  readonly loras?: readonly JobLora[];
  /** Whose syntax the prompts have; ComfyUI's if absent. */
  readonly promptStyle?: PromptStyle;
  /** What weights do in A1111's syntax; ORIGINAL if absent. */
  readonly emphasis?: Emphasis;
  /** Which layer of the text encoders is taken, counted from the end, 1 for the last; null or absent: the model's own. */
  readonly clipSkip?: number | null;
  /** Those that the prompts mention and that were there; absent: none. */
  readonly embeddings?: readonly JobEmbedding[];
  /** Absent: none. */
  readonly controls?: readonly JobControl[];
  /** null: text to image. */
  readonly source: SourceImage | null;
  /** null or absent: all of the picture is repainted. */
  readonly mask?: JobMask | null;
  /** Scale for a model that was distilled from guidance (FLUX.1-dev); null or absent: 3.5. */
  readonly guidance?: number | null;
  /** Absent: none. */
  readonly refiner?: JobRefiner;
  /** Codes pictures instead of the model's own; absent: that one. */
  readonly vae?: JobFile;
  /** Makes the pictures of latents, instead of the VAE; absent: that one. */
  readonly tinyDecoder?: JobFile;
  /** Which sides of the pictures meet, so that they tile; absent: none. */
  readonly tiling?: JoinedSides;
  /** A second pass; absent: none. */
  readonly upscale?: JobUpscale;
  /** What is added around the source; absent: nothing. */
  readonly extend?: JobExtend;
}

/** A seed towards whose noise that of the job's own is turned. */
export interface JobVariation {
  /** Unsigned 64-bit in decimal. */
  readonly seed: string;
  /** 0..1 */
  readonly strength: number;
}

/** A checkpoint that ends a job's run. */
export interface JobRefiner extends JobFile {
  /** As `modelFiles`. */
  readonly files?: readonly FileContent[];
  /** The share of the steps after which it takes over, 0..1. */
  readonly switchAt: number;
}

/** How a job extends its source beyond its sides, in pixels of the job's size. */
export interface JobExtend {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Pixels over which what is new fades into the source. */
  readonly feather: number;
}

/** How a job's result is made larger and sampled once more. */
export interface JobUpscale {
  readonly by: number;
  /** Of the result in pixels. */
  readonly width: number;
  readonly height: number;
  /** null: the latent is resized. */
  readonly model: JobFile | null;
  readonly method: LatentMethod;
  /** 0..1. */
  readonly denoiseStrength: number;
  readonly steps: number;
}

/** The size at which a job's first pass is made. */
export const canvasOf = ({
  width,
  height,
  extend,
}: Pick<Img2ImgSettings, 'width' | 'height' | 'extend'>): { width: number; height: number } =>
  extend
    ? { width: width + extend.left + extend.right, height: height + extend.top + extend.bottom }
    : { width, height };

/** Steps that a job asks for, those of a second pass among them. */
export const stepsOf = ({ steps, upscale }: Pick<Img2ImgSettings, 'steps' | 'upscale'>): number =>
  steps + secondSteps(upscale);

/** Steps of a second pass that samples. */
export const secondSteps = (upscale: JobUpscale | undefined): number =>
  upscale && upscale.denoiseStrength > 0 ? upscale.steps : 0;

/** Hashes of the objects that a request brought along. */
export const givenObjects = ({ source, mask, controls = [] }: Img2ImgSettings): string[] =>
  [source, mask, ...controls.map(({ image }) => image)].flatMap((object) => (object ? [object.sha256] : []));

type Sampling = Pick<Img2ImgSettings, 'samplerName' | 'cfg' | 'prompt' | 'promptStyle'>;

/**
 * Evaluations of the network in a step of one picture: of the prompt, or of each of its parts, and of the negative prompt. A
 * sampler of another version counts as one a step.
 */
export function evaluationsOf({ samplerName, cfg, prompt, promptStyle = 'COMFY' }: Sampling): number {
  const perStep = Object.hasOwn(SAMPLERS, samplerName) ? SAMPLERS[samplerName].evaluationsPerStep : 1;
  const parts = partsOf(prompt, promptStyle);
  return perStep * (parts > 1 ? parts + 1 : cfg === 1 ? 1 : 2);
}
