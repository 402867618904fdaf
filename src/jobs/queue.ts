import type { Latent, PreviewViewers, PreviewWish } from '../engine/index.ts';
import type { Job, JobStatus, Needs } from './job.ts';
import type { Img2ImgSettings } from './request.ts';

/** A checked request on its way into the queue. */
export interface NewJob {
  readonly request: Img2ImgSettings;
  /** Higher runs first, -100 to 100. */
  readonly priority: number;
  readonly warnings: Job['warnings'];
  /**
   * Hash of the API key that sends it, never a key itself; '' without keys. Owners share each priority fairly; an owner's
   * own jobs run in order of arrival.
   */
  readonly owner: string;
  /**
   * Same owner, key and request give the same job; same owner and key with another request is an InputError
   * IDEMPOTENCY_KEY_REUSED.
   */
  readonly idempotencyKey: string | null;
  /** Waiting jobs of its owner beyond which it is refused; left out: no bound but that of the queue. */
  readonly ownLimit?: number | undefined;
  /** The caller's own words about it, by which he finds it again. */
  readonly tags?: Job['tags'];
  readonly metadata?: Job['metadata'];
  readonly trace?: Job['trace'];
}

/** Why there is no job under an id. `unreadable`: its record is kept, but this version cannot read it. */
export type JobAbsence = 'unknown' | 'expired' | 'unreadable';

/** Which jobs a list or a count is about; everything that is given must hold. */
export interface JobFilter {
  readonly status?: readonly JobStatus[];
  readonly owner?: string;
  readonly model?: string;
  /** Part of the prompt or the negative prompt, whatever its case (ASCII). */
  readonly text?: string;
  /** All of these tags. */
  readonly tags?: readonly string[];
  /** Inclusive, milliseconds since the epoch. */
  readonly createdFrom?: number;
  /** Exclusive, milliseconds since the epoch. */
  readonly createdBefore?: number;
}

/** A page in order of creation, newest first; the cursor of a job is its id, also after it has expired. */
export interface JobListQuery extends JobFilter {
  readonly limit: number;
  /** Exclusive: only jobs older than this one. */
  readonly olderThan?: string;
  /** Exclusive: only jobs newer than this one. */
  readonly newerThan?: string;
  /** Which end of the range the page is taken from. */
  readonly from: 'newest' | 'oldest';
}

/** Why a job was not changed: its state forbids it, or it does not exist. */
type Unchanged<State extends string> =
  { readonly outcome: State; readonly job: Job } | { readonly outcome: JobAbsence };

/** `canceled`: it was waiting, or running and is now stopping. */
export type CancelOutcome =
  { readonly outcome: 'canceled'; readonly job: Job } | Unchanged<'already-finished'>;

export type PriorityOutcome = { readonly outcome: 'changed'; readonly job: Job } | Unchanged<'not-waiting'>;

/** `objects`: hashes that no job refers to any more; their bytes are the caller's to delete. */
interface Removed {
  readonly outcome: 'removed';
  readonly objects: readonly string[];
}

export type RemoveOutcome = Removed | Unchanged<'not-finished'>;

/** `no-image`: the job has no such image, or none yet. */
export type RemoveImageOutcome = Removed | Unchanged<'no-image'>;

/** Uploads of one owner that are kept at a time. */
export const MAX_UPLOADS = 1000;

/** What retention took away of pictures that were uploaded apart from a job. */
export interface ExpiredUploads {
  readonly count: number;
  /** Hashes that nothing refers to any more; their bytes are the caller's to delete. */
  readonly objects: readonly string[];
}

/** What retention took away. */
export interface Expired {
  /** Ids of the jobs, for which `get` answers 'expired' from now on. */
  readonly jobs: readonly string[];
  /** Hashes of the sources and images that no job refers to any more; their bytes are the caller's to delete. */
  readonly objects: readonly string[];
}

/** What an object in the store is to the jobs: named by one that is kept, by expired ones alone, or by none. */
export type ObjectUse = 'used' | 'expired' | 'unknown';

export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
  /** When the oldest waiting job was accepted, milliseconds since the epoch; null if none waits. */
  readonly oldestWaiting: number | null;
}

/** A waiting job as an estimate needs it. */
export type WaitingJob = Pick<Job, 'id' | 'priority' | 'request'>;

/** Which queues hand out no jobs. */
export interface Paused {
  /** All of them. */
  readonly all: boolean;
  readonly models: readonly string[];
}

/**
 * The API side of the jobs: durable, ordered, exactly one end per job. All methods are safe to call concurrently. Throws
 * QueueUnavailableError where the store does not answer within five seconds, StorageFullError where it has no room.
 */
export interface JobQueue {
  /** Resolves when the job survives kill -9. Throws InputError QUEUE_FULL, QUOTA_EXCEEDED or IDEMPOTENCY_KEY_REUSED. */
  enqueue(job: NewJob): Promise<Job>;
  /** Throws InputError QUEUE_FULL where `enqueue` would refuse a new job. */
  checkCapacity(): Promise<void>;
  findByKey(owner: string, idempotencyKey: string): Promise<Job | undefined>;
  /** The same truth as the last event, finished or not. */
  get(id: string): Promise<Job | JobAbsence>;
  /** The owner of each job that is kept or expired, whether its record can be read or not; undefined: not known. */
  owners(ids: readonly string[]): Promise<(string | undefined)[]>;
  /** In the order of `ids`. */
  getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]>;
  /** Records that cannot be read are left out and logged. */
  list(query: JobListQuery): Promise<Job[]>;
  count(filter: JobFilter): Promise<number>;
  /** Images of the jobs that a filter is about. */
  countImages(filter: JobFilter): Promise<number>;
  /** Idempotent. The job has ended when this resolves; `immediately` is handed on to the worker that runs it. */
  cancel(id: string, how?: { readonly immediately: boolean }): Promise<CancelOutcome>;
  /** Gives a waiting job another priority, behind those that have it already. */
  setPriority(id: string, priority: number): Promise<PriorityOutcome>;
  /** Forgets one ended job now; `get` answers 'expired' from then on. */
  remove(id: string): Promise<RemoveOutcome>;
  /** Takes one image from a job that has succeeded; the others keep their index. */
  removeImage(id: string, index: number): Promise<RemoveImageOutcome>;
  /**
   * The present state, then every change until the terminal event; then the iterator ends. A slow reader loses steps
   * (the newest wins), never a change of state. Throws from `next` where the store has lost the job meanwhile.
   */
  watch(id: string): Promise<AsyncIterableIterator<JobEvent> | JobAbsence>;
  /**
   * A client watches the previews of a job: its worker decodes pictures of the next steps if a tiny decoder is installed. Returns
   * at once and never throws.
   */
  wantPreview(id: string, wish: PreviewWish): void;
  /** New jobs and changes of status from now on, of every owner. A slow reader gets the last state of each job. */
  changes(): AsyncIterableIterator<Job>;
  counts(): Promise<QueueCounts>;
  /** The waiting jobs of each model in the order they will run, at most `limit` of a model. */
  waiting(limit: number): Promise<ReadonlyMap<string, readonly WaitingJob[]>>;
  /** Hands out no more jobs of a model, or none at all (null), also after a restart; what runs goes on. Idempotent. */
  pause(model: string | null): Promise<void>;
  /** Ends a pause of the same extent. Idempotent. */
  resume(model: string | null): Promise<void>;
  paused(): Promise<Paused>;
  /**
   * Forgets jobs that ended before `time` (milliseconds since the epoch), the oldest first, at most `limit` of them.
   * An object that a job which is kept refers to is not given up.
   */
  expire(time: number, limit: number): Promise<Expired>;
  /**
   * Keeps an object as a source of its owner, whether a job refers to it or not, until `expireUploads`; again: from now on.
   * Throws InputError QUOTA_EXCEEDED beyond MAX_UPLOADS.
   */
  keepUpload(sha256: string, owner: string): Promise<void>;
  /** Forgets at most `limit` uploads that were last kept before `time` (milliseconds since the epoch), the oldest first. */
  expireUploads(time: number, limit: number): Promise<ExpiredUploads>;
  /** In the order of `sha256s`; with an owner as this one may see them: the sources of others are unknown. */
  objectUses(sha256s: readonly string[], owner?: string): Promise<ObjectUse[]>;
  /** Resolves if a job would be accepted and kept now; throws with the reason (unavailable, no room, data folder replaced). */
  check(): Promise<void>;
  /** Ends every watch. Call it after the runner has closed. */
  close(): Promise<void>;
}

/** Who takes a job. */
export interface Claimant {
  /** Name of the worker process. */
  readonly worker: string;
  /** The device's provider, such as `cpu` or `cuda:0`. */
  readonly device: string;
  /** Why this worker cannot run a job with these needs (it takes a newer version); null if it can. */
  readonly whyNot: (needs: Needs) => string | null;
}

/** The worker side of the jobs: hands out each job to one worker at a time. */
export interface JobSource {
  /** Milliseconds between two calls of `renew`; null where a lease cannot run out. */
  readonly renewal: number | null;
  /**
   * Starts the most urgent job that the claimant may run: RUNNING, its attempt counted and in its history. undefined: none.
   * A job that failed on this worker is left to another one for a while, if there is another.
   */
  claim(claimant: Claimant): Promise<Lease | undefined>;
  /** Resolves when something may wait, when the signal is aborted, or after at most two seconds. */
  available(signal: AbortSignal): Promise<void>;
  /** Keeps the leases; those that are lost have their signal aborted. */
  renew(leases: readonly Lease[]): Promise<void>;
  /** Gives out again what workers that disappeared have left, and what waits for its time. Called every second. */
  recover(): Promise<void>;
}

/** A running job in the hands of one worker, fenced by the record's revision. */
export interface Lease {
  readonly job: Job;
  /** Aborted with a StopRequest when the job was canceled or the lease is lost. */
  readonly signal: AbortSignal;
  /** Those who look at its previews. */
  readonly viewers: PreviewViewers;
  /** Publishes progress; never waits for a slow reader and never throws. Ignored once the lease is over. */
  report(job: Job, step?: StepReport): void;
  /**
   * Writes what the job has become: SUCCEEDED, FAILED, or QUEUED again (from `notBefore` on). Resolves to false if it was
   * no longer this lease's to change. Throws where the store cannot be written; safe to repeat.
   */
  finish(next: Job): Promise<boolean>;
}

export interface StepReport {
  /** Noise level that the step started from. */
  readonly sigma: number;
  /** The denoised estimates of the images of the batch. */
  readonly preview: Latent;
}

interface EventFacts {
  /** Complete snapshot at the time of the event. */
  readonly job: Job;
  /** Grows by at least one from event to event of a job: revision × REPORTS_PER_REVISION + number of the report. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Reports that fit between two revisions of a record. */
export const REPORTS_PER_REVISION = 100_000;

export type JobEvent =
  | (EventFacts & { readonly type: 'queued' })
  | (EventFacts & {
      readonly type: 'stage';
      /** The last step's estimate, for late subscribers. */ readonly preview: Latent | null;
    })
  | (EventFacts & { readonly type: 'step' } & StepReport)
  | (EventFacts & { readonly type: 'completed' })
  | (EventFacts & { readonly type: 'failed' })
  | (EventFacts & { readonly type: 'canceled' });

/** The event that tells a status; that of a running job is 'stage'. */
const TYPES = { QUEUED: 'queued', SUCCEEDED: 'completed', FAILED: 'failed', CANCELED: 'canceled' } as const;

/** The event that tells the state of a job: published when it changes, and what a late subscriber gets first. */
export function stateEvent(
  job: Job,
  { sequence, at, preview = null }: { sequence: number; at: number; preview?: Latent | null },
): JobEvent {
  const facts = { job, sequence, at };
  return job.status === 'RUNNING'
    ? { type: 'stage', preview, ...facts }
    : { type: TYPES[job.status], ...facts };
}

/** The event that follows another one of a running job, which has made progress. */
export function progressEvent(last: JobEvent, job: Job, at: number, step?: StepReport): JobEvent {
  const facts = { job, sequence: last.sequence + 1, at };
  return step ? { type: 'step', ...facts, ...step } : { type: 'stage', ...facts, preview: previewOf(last) };
}

/** The estimate that an event shows. */
export const previewOf = (event: JobEvent): Latent | null => ('preview' in event ? event.preview : null);

/** The store of the jobs does not answer, or has been replaced under this process; the message says what an operator can do. */
export class QueueUnavailableError extends Error {
  override readonly name: string = 'QueueUnavailableError';
}

/** The store has lost its data; what was watched is gone. */
export class QueueLostError extends QueueUnavailableError {
  override readonly name = 'QueueLostError';
}
