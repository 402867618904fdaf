import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  CanceledError,
  CheckpointError,
  DeviceError,
  DivergedError,
  JOINED_SIDES,
  NOISE_DEVICES,
  SAMPLER_NAMES,
  SCHEDULER_NAMES,
  TaskTooLargeError,
  UnsupportedTaskError,
} from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import { StorageUnavailableError } from '../storage/object-store.ts';
import { type JobAttempt, type Job, type JobError, type JobImage, type Needs, RECORD_FORMAT } from './job.ts';
import { type Claimant, MAX_UPLOADS, type NewJob } from './queue.ts';
import { stepsOf, RESIZE_MODES } from './request.ts';

/** Attempts after which a failure that may pass is final. */
export const MAX_ATTEMPTS = 3;

/** Milliseconds from a failed attempt to the next one, by the number of failed attempts. */
const BACKOFF = [1000, 5000] as const;

/** The longest of them. */
export const LONGEST_BACKOFF = Math.max(...BACKOFF);

/** The stored source image of a job is gone, so that no attempt can succeed. */
export class SourceLostError extends Error {
  override readonly name = 'SourceLostError';
}

/** Why a handler is asked to stop (the reason of its signal), and how fast. */
export class StopRequest extends CanceledError {
  /** Whether nothing may be waited for, not even the end of a step. */
  readonly immediately: boolean;

  constructor(message: string, { immediately }: { immediately: boolean }) {
    super(message);
    this.immediately = immediately;
  }
}

/** The record of a job that is accepted, at `now`. */
export const acceptedJob = (
  id: string,
  { request, priority, warnings, owner, tags, metadata, trace }: NewJob,
  now: number,
): Job => ({
  format: RECORD_FORMAT,
  id,
  owner,
  status: 'QUEUED',
  stage: 'WAITING',
  step: 0,
  totalSteps: stepsOf(request),
  stepTime: null,
  request,
  images: [],
  error: null,
  warnings,
  ...(tags && tags.length > 0 && { tags }),
  ...(metadata && { metadata }),
  ...(trace !== undefined && { trace }),
  priority,
  queuePosition: null,
  attempts: 0,
  history: [],
  notBefore: null,
  createdAt: now,
  startedAt: null,
  finishedAt: null,
  timings: {},
});

/** The refusal of a job beyond its owner's bound on waiting jobs. */
export const ownQueueFull = (limit: number): InputError =>
  new InputError(
    'QUOTA_EXCEEDED',
    [],
    `${limit} jobs of this key are already waiting (KEY_WAITING_JOBS): try again when one of them has started`,
  );

/** The refusal of an upload beyond its owner's bound on them. */
export const tooManyUploads = (): InputError =>
  new InputError(
    'QUOTA_EXCEEDED',
    [],
    `${MAX_UPLOADS} uploaded pictures are already stored: use one of them, or try again when some have been removed`,
  );

/** A job that has succeeded, without one of its images. */
export const withoutImage = (job: Job, index: number): Job => ({
  ...job,
  images: job.images.filter((image) => image.index !== index),
});

/** The hash of the image with an index, where nothing else of its job is this object; undefined where something is. */
export function soleHash({ images, request }: Job, index: number): string | undefined {
  const found = images.find((image) => image.index === index)?.sha256;
  const others = images.filter((image) => image.index !== index && image.sha256 === found);
  return others.length > 0 || request.source?.sha256 === found ? undefined : found;
}

/** The job that has a request's idempotency key. Throws InputError IDEMPOTENCY_KEY_REUSED if the requests differ. */
export function sameRequest(known: Job, request: NewJob['request']): Job {
  if (isDeepStrictEqual(asGiven(known.request), asGiven(request))) return known;
  throw new InputError(
    'IDEMPOTENCY_KEY_REUSED',
    ['idempotencyKey'],
    `idempotencyKey belongs to job ${known.id} with another request: send the same request, or a new key`,
  );
}

/** A request without what was found for it: files that have changed since make it no other request. */
const asGiven = (request: NewJob['request']): unknown =>
  JSON.parse(
    JSON.stringify(request, (key, value: unknown) => {
      if (key === 'modelFiles' || key === 'files') return undefined;
      const isFile = typeof value === 'object' && value !== null && 'file' in value && 'sha256' in value;
      return isFile ? { ...value, sha256: undefined } : value;
    }),
  );

/** Seconds after which a full queue is worth another try, where nothing better is known. */
const RETRY_AFTER = 10;

/** Why a queue of `limit` waiting jobs accepts no more. */
export const queueFull = (limit: number, retryAfter = RETRY_AFTER): InputError =>
  new InputError(
    'QUEUE_FULL',
    [],
    `The queue is full: ${limit} ${limit === 1 ? 'job is' : 'jobs are'} waiting. Try again in ${retryAfter} seconds.`,
    retryAfter,
  );

/** Why this version cannot run a job that another version accepted; null if it can. */
export function whyNotRunnable({ format, request }: Needs): string | null {
  const { samplerName, scheduler, resizeMode, noiseDevice = 'CPU', tiling } = request;
  if (format > RECORD_FORMAT) return `record format ${format}, this version runs up to ${RECORD_FORMAT}`;
  if (!SAMPLER_NAMES.includes(samplerName)) return `unknown sampler ${samplerName}`;
  if (!SCHEDULER_NAMES.includes(scheduler)) return `unknown scheduler ${scheduler}`;
  if (!RESIZE_MODES.includes(resizeMode)) return `unknown resize mode ${resizeMode}`;
  if (!NOISE_DEVICES.includes(noiseDevice)) return `unknown noise device ${noiseDevice as string}`;
  if (tiling && !JOINED_SIDES.includes(tiling)) return `unknown tiling ${tiling as string}`;
  return null;
}

/** A waiting job that a worker starts, at `now`. */
export function started(job: Job, { worker, device }: Pick<Claimant, 'worker' | 'device'>, now: number): Job {
  const startedAt = notBefore(job, now);
  const attempt: JobAttempt = { worker, device, startedAt, endedAt: null, result: null, reason: null };
  return {
    ...job,
    status: 'RUNNING',
    stage: 'LOADING_MODEL',
    queuePosition: null,
    attempts: job.attempts + 1,
    history: [...job.history, attempt],
    notBefore: null,
    startedAt,
    timings: { WAITING: startedAt - job.createdAt },
  };
}

/** Milliseconds until a waiting job may start, at `now`. Longer than any backoff means that the clock was set back: none. */
export function waitOf({ notBefore }: Job, now: number): number {
  const wait = Math.max(0, (notBefore ?? 0) - now);
  return wait > LONGEST_BACKOFF ? 0 : wait;
}

/** A running job that has its images, at `now`. */
export function succeeded(job: Job, images: readonly JobImage[], now: number): Job {
  const ended = endedAttempt(job, { result: 'SUCCEEDED', reason: null }, now);
  return { ...ended, status: 'SUCCEEDED', stage: 'DONE', images, finishedAt: notBefore(job, now) };
}

/** A waiting or running job that is canceled, at `now`, in the stage it keeps. */
export function canceled(job: Job, now: number): Job {
  const ended = job.status === 'RUNNING' ? endedAttempt(job, { result: 'CANCELED', reason: null }, now) : job;
  return {
    ...ended,
    status: 'CANCELED',
    queuePosition: null,
    notBefore: null,
    finishedAt: notBefore(job, now),
  };
}

/** A waiting job with another priority. */
export const withPriority = (job: Job, priority: number): Job => ({ ...job, priority });

/** A running job that its worker gives back, at `now`: it waits again, and the attempt does not count. */
export const returned = (job: Job, now: number, reason = 'the worker was stopped'): Job => ({
  ...waitingAgain(endedAttempt(job, { result: 'RETURNED', reason }, now), null),
  attempts: job.attempts - 1,
});

/** A running job whose worker disappeared, at `now`: it waits again, or FAILED after its last attempt. */
export function interrupted(job: Job, now: number): Job {
  const reason = 'the worker disappeared in the middle of the job';
  const error: JobError = {
    code: 'INTERRUPTED',
    message: `The server stopped in the middle of this job ${job.attempts} times; it was not tried again.`,
  };
  return againOrFailed(endedAttempt(job, { result: 'INTERRUPTED', reason }, now), error, now);
}

/** What becomes of a running job whose handler threw, at `now`. */
export function afterFailure(job: Job, failure: Failure, now: number): Job {
  const { error, retry } = failure;
  const ended = endedAttempt(job, { result: 'FAILED', reason: error.message }, now);
  if (!retry) return failed(ended, error, now);
  const message = `${error.message} (${job.attempts} attempts)`;
  return againOrFailed(ended, { ...error, message }, now);
}

/** A job was started by a worker with other files than it was accepted with, which another worker has. */
export class ForOthersError extends Error {
  override readonly name = 'ForOthersError';
  override readonly message = 'another worker has the files with which the job was accepted';
}

/** What a handler threw, as its job's record and its user may have it. */
export interface Failure {
  /** Whether another attempt may succeed. */
  readonly retry: boolean;
  readonly error: JobError;
  /** Set where the message hides the cause: the id under which the log has it in full. */
  readonly incident?: string;
}

/** The class decides. Anything else is a bug, and its message may hold secrets. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CheckpointError) return failure('CHECKPOINT_INVALID', error, false);
  if (error instanceof DivergedError) return failure('DIVERGED', error, false);
  if (error instanceof TaskTooLargeError) return failure('TOO_LARGE', error, false);
  if (error instanceof UnsupportedTaskError) return failure('UNSUPPORTED', error, false);
  if (error instanceof SourceLostError) return failure('SOURCE_LOST', error, false);
  if (error instanceof StorageUnavailableError) return failure('STORAGE_FAILED', error, true);
  if (error instanceof DeviceError) return failure('DEVICE_FAILED', error, true);
  const incident = randomUUID();
  const message = `The job failed because of an internal error; see ${incident} in the server's log.`;
  return { retry: false, error: { code: 'INTERNAL', message }, incident };
}

const failure = (code: JobError['code'], { message }: Error, retry: boolean): Failure => ({
  retry,
  error: { code, message },
});

function againOrFailed(job: Job, error: JobError, now: number): Job {
  if (job.attempts >= MAX_ATTEMPTS) return failed(job, error, now);
  return waitingAgain(job, now + BACKOFF[Math.min(job.attempts, BACKOFF.length) - 1]!);
}

const failed = (job: Job, error: JobError, now: number): Job => ({
  ...job,
  status: 'FAILED',
  error,
  finishedAt: notBefore(job, now),
});

const waitingAgain = (job: Job, earliest: number | null): Job => ({
  ...job,
  status: 'QUEUED',
  stage: 'WAITING',
  step: 0,
  totalSteps: stepsOf(job.request),
  stepTime: null,
  notBefore: earliest,
  startedAt: null,
  timings: {},
});

function endedAttempt(job: Job, end: Pick<JobAttempt, 'result' | 'reason'>, now: number): Job {
  const last = job.history.at(-1);
  if (!last) return job;
  const endedAt = Math.max(now, last.startedAt);
  return { ...job, history: [...job.history.slice(0, -1), { ...last, ...end, endedAt }] };
}

/** A clock that was set back dates nothing before what it followed. */
const notBefore = ({ createdAt, startedAt }: Job, now: number): number =>
  Math.max(now, startedAt ?? createdAt);
