import type { Latent } from '../engine/index.ts';
import type { Img2ImgRequest, Job, JobStatus } from './job.ts';

/** A checked request on its way into the queue. */
export interface NewJob {
  readonly request: Img2ImgRequest;
  /** Higher runs first. */
  readonly priority: number;
  readonly warnings: readonly string[];
  /**
   * Whose job it is, a hash and never an API key itself; '' for those who are nobody in particular. The waiting jobs of
   * one priority are taken from their owners by turns, and an owner's own in order of arrival.
   */
  readonly owner: string;
  /**
   * Same owner, key and request give the same job; same owner and key with another request is an InputError
   * IDEMPOTENCY_KEY_REUSED.
   */
  readonly idempotencyKey: string | null;
}

/** Why there is no job under an id. */
export type JobAbsence = 'unknown' | 'expired';

/** A page in order of creation, newest first; the cursor of a job is its id, also after it has expired. */
export interface JobListQuery {
  readonly status?: readonly JobStatus[];
  readonly limit: number;
  /** Exclusive: only jobs older than this one. */
  readonly olderThan?: string;
  /** Exclusive: only jobs newer than this one. */
  readonly newerThan?: string;
  /** Which end of the range the page is taken from. */
  readonly from: 'newest' | 'oldest';
}

export type CancelOutcome =
  /** It was waiting, or running and is now stopping. */
  | { readonly outcome: 'canceled'; readonly job: Job }
  /** It had ended before; nothing changed. */
  | { readonly outcome: 'already-finished'; readonly job: Job }
  | { readonly outcome: JobAbsence };

/** Runs one claimed job to its end; throws to fail it (the class decides whether it is tried again). */
export type JobHandler = (job: Job, run: JobRun) => Promise<Pick<Job, 'images'>>;

/** What a handler may do with the job it holds. */
export interface JobRun {
  /** Aborted with a StopRequest when the job is canceled or its process ends. */
  readonly signal: AbortSignal;
  /** Publishes progress; never awaits a slow reader. `preview` is kept for late joiners. */
  progress(
    change: Partial<Pick<Job, 'stage' | 'step' | 'totalSteps'>>,
    step?: { sigma: number; preview: Latent },
  ): void;
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

/** Durable, ordered, exactly one terminal state per job. All methods are safe to call concurrently. */
export interface JobQueue {
  /** Resolves when the job survives kill -9. Throws InputError QUEUE_FULL or IDEMPOTENCY_KEY_REUSED. */
  enqueue(job: NewJob): Promise<Job>;
  /**
   * What `enqueue` would do, asked before the source is fetched: the job that has this key already, undefined for a new
   * one. Throws InputError QUEUE_FULL.
   */
  admit(key: Pick<NewJob, 'owner' | 'idempotencyKey'>): Promise<Job | undefined>;
  /** The same truth as the last event, finished or not. */
  get(id: string): Promise<Job | JobAbsence>;
  /** In the order of `ids`. */
  getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]>;
  list(query: JobListQuery): Promise<Job[]>;
  /** Idempotent. The job has ended when this resolves; `immediately` is handed on to the handler that works on it. */
  cancel(id: string, how?: { readonly immediately: boolean }): Promise<CancelOutcome>;
  counts(): Promise<{ waiting: number; running: number }>;
  /** Starts taking jobs, one at a time, until close. Called once. */
  process(handler: JobHandler): void;
  /**
   * Forgets jobs that ended before `time` (milliseconds since the epoch), the oldest first, at most `limit` of them.
   * An object that a job which is kept refers to is not given up.
   */
  expire(time: number, limit: number): Promise<Expired>;
  /** In the order of `sha256s`. */
  objectUses(sha256s: readonly string[]): Promise<ObjectUse[]>;
  /** Takes no more jobs in this process; resolves when its running one has ended, or after `patience` milliseconds. */
  drain(patience: number): Promise<void>;
  /** Stops taking jobs; a running one is put back. */
  close(): Promise<void>;
}

interface EventFacts {
  /** Complete snapshot at the time of the event. */
  readonly job: Job;
  /** Grows by at least one from event to event of a job. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type JobEvent =
  | (EventFacts & { readonly type: 'queued' })
  | (EventFacts & {
      readonly type: 'stage';
      /** The last step's estimate, for those who join after it. */ readonly preview: Latent | null;
    })
  | (EventFacts & { readonly type: 'step'; readonly sigma: number; readonly preview: Latent })
  | (EventFacts & { readonly type: 'completed' })
  | (EventFacts & { readonly type: 'failed' })
  | (EventFacts & { readonly type: 'canceled' });

/** Fan-out of job events to any number of watchers. */
export interface JobEvents {
  publish(event: JobEvent): void;
  /** The last event of a job that this process still remembers. */
  snapshot(jobId: string): JobEvent | undefined;
  /**
   * The present state first, then every change until the terminal event, then it ends. A slow reader loses steps
   * (the newest wins), never a state change. `current` supplies the state of a job that `snapshot` does not remember.
   */
  watch(jobId: string, current: Job): AsyncIterableIterator<JobEvent>;
}
