import type {
  JoinedSides,
  LatentMethod,
  ControlKind,
  Emphasis,
  MaskFill,
  NoiseDevice,
  PromptStyle,
  SamplerName,
  SamplingOptions,
  SchedulerName,
  UnionMode,
} from '../engine/index.ts';
import type { JobWarning } from './warnings.ts';

/** Version of the record that this program writes. It carries the unknown fields of newer records, and runs none of them. */
export const RECORD_FORMAT = 3;

export const JOB_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const JOB_STAGES = [
  'WAITING',
  'LOADING_MODEL',
  'ENCODING_PROMPT',
  'ENCODING_IMAGE',
  'SAMPLING',
  'UPSCALING',
  'DECODING',
  'STORING',
  'DONE',
] as const;
export type JobStage = (typeof JOB_STAGES)[number];

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
  /** Kind of its picture, for a union ControlNet; absent: the network is not told. */
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

export interface JobImage {
  /** Position in the batch. */
  readonly index: number;
  /** Hash of the stored PNG, lower-case hex. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  /** The seed that reproduces this image as a batch of one, decimal. */
  readonly seed: string;
  /** Its variation seed, as digits; absent without a variation. */
  readonly variationSeed?: string;
  readonly byteSize: number;
}

export const JOB_ERROR_CODES = [
  'CHECKPOINT_INVALID',
  'TOO_LARGE',
  'DIVERGED',
  'DEVICE_FAILED',
  'SOURCE_LOST',
  'STORAGE_FAILED',
  'INTERRUPTED',
  'INTERNAL',
] as const;
export type JobErrorCode = (typeof JOB_ERROR_CODES)[number];

export interface JobError {
  readonly code: JobErrorCode;
  readonly message: string;
}

export const ATTEMPT_RESULTS = ['SUCCEEDED', 'FAILED', 'CANCELED', 'INTERRUPTED', 'RETURNED'] as const;
/** INTERRUPTED: its worker disappeared. RETURNED: its worker was stopped and put the job back; such an attempt does not count. */
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number];

/** One run of a job by a worker. Times are milliseconds since the epoch. */
export interface JobAttempt {
  readonly worker: string;
  /** The device's provider, such as `cpu` or `cuda:0`. */
  readonly device: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** null while it runs. */
  readonly result: AttemptResult | null;
  /** Why it ended, for an operator; null where the result says it all. */
  readonly reason: string | null;
}

/** A job as every reader sees it; times are milliseconds since the epoch. */
export interface Job {
  /** RECORD_FORMAT of the program that accepted it. */
  readonly format: number;
  /** UUIDv7. */
  readonly id: string;
  /** Hash of the API key that sent it; '' without keys. Never shown. */
  readonly owner: string;
  readonly status: JobStatus;
  readonly stage: JobStage;
  /** Finished steps of this attempt. */
  readonly step: number;
  /** Steps that will really run; the requested number until sampling starts. */
  readonly totalSteps: number;
  /** Milliseconds of a step of this attempt, without the first one once there are more; null before it is measured. */
  readonly stepTime: number | null;
  readonly request: Img2ImgSettings;
  readonly images: readonly JobImage[];
  readonly error: JobError | null;
  readonly warnings: readonly JobWarning[];
  /** Words of the caller, by which he finds it again; absent: none. */
  readonly tags?: readonly string[] | undefined;
  /** W3C `traceparent` of the request that sent it; absent: it was not traced. */
  readonly trace?: string | undefined;
  /** JSON object of the caller, which means nothing here; absent: none. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Higher runs first. */
  readonly priority: number;
  /** Jobs ahead of it in its queue while QUEUED (0 = next), else null. Filled in by the reader; not part of the record. */
  readonly queuePosition: number | null;
  /** Attempts that count against MAX_ATTEMPTS. */
  readonly attempts: number;
  /** Every attempt, the oldest first. */
  readonly history: readonly JobAttempt[];
  /** While QUEUED after a failed attempt: the earliest time of the next one. */
  readonly notBefore: number | null;
  readonly createdAt: number;
  /** Start of the last attempt. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Milliseconds per stage of this attempt so far. */
  readonly timings: Readonly<Partial<Record<JobStage, number>>>;
}

/** The statuses after which a job never changes again. */
export const isFinished = (status: JobStatus): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED';
