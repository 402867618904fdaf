import type { SamplerName, SchedulerName } from '../engine/index.ts';

export const JOB_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const JOB_STAGES = [
  'WAITING',
  'LOADING_MODEL',
  'ENCODING_PROMPT',
  'ENCODING_IMAGE',
  'SAMPLING',
  'DECODING',
  'STORING',
  'DONE',
] as const;
export type JobStage = (typeof JOB_STAGES)[number];

export const RESIZE_MODES = ['CROP', 'FIT', 'STRETCH'] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];

/** The stored source image of a job. */
export interface JobSource {
  /** Hash of the original bytes in the object store, lower-case hex. */
  readonly sha256: string;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

/** A checked request, immutable and JSON-serialisable: what the job was asked to do. */
export interface Img2ImgRequest {
  /** Catalogue name, the `Model` enum value. */
  readonly model: string;
  /** Unsigned 64-bit in decimal. */
  readonly seed: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly width: number;
  readonly height: number;
  readonly samplerName: SamplerName;
  readonly cfg: number;
  /** 0..1; 1 when there is no source. */
  readonly denoiseStrength: number;
  readonly scheduler: SchedulerName;
  readonly prompt: string;
  readonly negativePrompt: string;
  /** As given; a data: URL is shortened to its media type. */
  readonly imageUrl: string;
  readonly resizeMode: ResizeMode;
  /** null: text to image. */
  readonly source: JobSource | null;
}

export interface JobImage {
  /** Position in the batch. */
  readonly index: number;
  /** Hash of the stored PNG, lower-case hex. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  /** The seed that reproduces this image as a batch of one, decimal. */
  readonly seed: string;
  readonly byteSize: number;
}

export const JOB_ERROR_CODES = ['CHECKPOINT_INVALID', 'DEVICE_FAILED', 'SOURCE_LOST', 'INTERNAL'] as const;
export type JobErrorCode = (typeof JOB_ERROR_CODES)[number];

export interface JobError {
  readonly code: JobErrorCode;
  readonly message: string;
}

/** A job as every reader sees it; times are milliseconds since the epoch. */
export interface Job {
  /** UUIDv7. */
  readonly id: string;
  readonly status: JobStatus;
  readonly stage: JobStage;
  /** Finished steps. */
  readonly step: number;
  /** Steps that will really run; the requested number until sampling starts. */
  readonly totalSteps: number;
  readonly request: Img2ImgRequest;
  readonly images: readonly JobImage[];
  readonly error: JobError | null;
  readonly warnings: readonly string[];
  readonly priority: number;
  /** Jobs ahead of it while QUEUED (0 = next), else null. */
  readonly queuePosition: number | null;
  /** Estimated seconds to the end, from what earlier jobs took on this machine; null once ended or while unknown. */
  readonly etaSeconds: number | null;
  /** Times it was started. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Milliseconds per stage passed so far. */
  readonly timings: Readonly<Partial<Record<JobStage, number>>>;
}

/** The statuses after which a job never changes again. */
export const isFinished = (status: JobStatus): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED';
