import { createHash, randomInt } from 'node:crypto';
import { v7 } from 'uuid';
import type { Img2ImgSettings } from './request.ts';

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

export const JOB_WARNING_CODES = [
  'TEXT_TO_IMAGE',
  'STEPS_UNUSUAL',
  'CFG_UNUSUAL',
  'SIZE_UNUSUAL',
  'PROMPT_SYNTAX',
  'LORA_PARTLY_USED',
  'EMBEDDING_IGNORED',
  'FILE_CHANGED',
] as const;
export type JobWarningCode = (typeof JOB_WARNING_CODES)[number];

/** Something that the sender of a job may not expect. */
export interface JobWarning {
  readonly code: JobWarningCode | 'OTHER';
  /** Path of the argument that it is about; null if it is about none. */
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** A warning as a record has it; a newer version may know more codes. */
export const warningOf = (stored: JobWarning): JobWarning =>
  JOB_WARNING_CODES.some((code) => code === stored.code) ? stored : { ...stored, code: 'OTHER' };

/** A result of a job. */
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
  'UNSUPPORTED',
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
  /** Steps that will actually run; the requested number until sampling starts. */
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

/** What a version must know to run a job. */
export interface Needs extends Pick<Job, 'format'> {
  readonly request: Pick<Img2ImgSettings, (typeof NEEDED)[number]>;
}

const NEEDED = ['samplerName', 'scheduler', 'resizeMode', 'noiseDevice', 'tiling'] as const;

/** What beside its needs decides whether a worker has a job's files. */
const FILES = [
  'model',
  'modelFiles',
  'refiner',
  'loras',
  'controls',
  'embeddings',
  'vae',
  'tinyDecoder',
  'upscale',
] as const;

/** A hash of a job's needs and files: jobs with the same can be run by the same workers. */
export function needsOf({ format, request }: Pick<Job, 'format' | 'request'>): string {
  const needs = [format, ...[...NEEDED, ...FILES].map((name) => request[name])];
  return createHash('sha256').update(JSON.stringify(needs)).digest('base64url');
}

/** What is stored of a job: JSON, without what a reader fills in. */
export const recordOf = (job: Job): string => JSON.stringify({ ...job, queuePosition: null });

/**
 * Parses a record; undefined if it is not a job. Checks only the fields that lists and readers need, and keeps those of newer
 * versions.
 */
export function jobOf(record: string): Job | undefined {
  try {
    const job = JSON.parse(record) as Partial<Job> | null;
    const isJob =
      typeof job?.id === 'string' && typeof job.request?.model === 'string' && Array.isArray(job.history);
    return isJob ? (job as Job) : undefined;
  } catch {
    return undefined;
  }
}

/** The statuses after which a job never changes again. */
export const isFinished = (status: JobStatus): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED';

/**
 * Makes UUIDv7 ids (RFC 9562) that grow strictly, also when the clock steps back and across restarts (`last` is the
 * greatest id given so far): the order of ids is the order of arrival.
 */
export function growingIds(now: () => number, last: string | undefined): () => string {
  let msecs = last === undefined ? 0 : timestampOf(last) + 1;
  let seq = 0;
  return () => {
    const time = now();
    if (time > msecs) {
      msecs = time;
      seq = randomInt(2 ** 31); // the upper half of the counter's 32 bits is room to count on
    } else {
      seq++;
    }
    return v7({ msecs, seq });
  };
}

/** Milliseconds since the epoch, the first 48 bits of a UUIDv7. */
function timestampOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
