import type { PreviewWish } from '../../engine/index.ts';
import { Subscribers } from '../event-buffer.ts';
import { isFinished, type Job } from '../job.ts';
import type { StopRequest } from '../lifecycle.ts';
import { type Log, logEnded } from '../log.ts';
import {
  type JobEvent,
  type Lease,
  progressEvent,
  REPORTS_PER_REVISION,
  stateEvent,
  type StepReport,
} from '../queue.ts';
import { Viewers } from '../viewers.ts';
import type { JobDatabase } from './database.ts';
import type { JobStore, StoredJob } from './store.ts';

/** What all that works on the jobs of a process shares. */
export interface SqliteParts {
  readonly db: JobDatabase;
  readonly store: JobStore;
  readonly live: LiveJobs;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Collaborators of LiveJobs. */
type LiveJobsParts = Pick<SqliteParts, 'store' | 'log' | 'now'>;

/** The jobs as this process, which alone changes them, sees them: with their places and their progress, and those who watch. */
export class LiveJobs {
  readonly #parts: LiveJobsParts;
  readonly #leases = new Map<string, SqliteLease>();
  readonly #subscribers: Subscribers;
  readonly #sleepers = new Set<() => void>();
  #wakes = 0;

  constructor(parts: LiveJobsParts) {
    this.#parts = parts;
    const { store, log, now } = parts;
    this.#subscribers = new Subscribers({ positions: async (ids) => store.positions(ids), log, now });
  }

  /** How many run. */
  get running(): number {
    return this.#leases.size;
  }

  /**
   * Stores a changed job and publishes it; `stop` goes to the runner of the job. Throws where the record is no longer at its
   * revision.
   */
  change(stored: StoredJob, next: Job, stop?: StopRequest): Job {
    const changed = this.#parts.store.change(stored, next);
    if (!changed) throw new Error(`the record of job ${next.id} is no longer at revision ${stored.revision}`);
    const lease = this.#leases.get(next.id);
    if (next.status !== 'RUNNING') this.#leases.delete(next.id);
    if (next.status === 'QUEUED') this.wake();
    if (isFinished(next.status)) logEnded(this.#parts.log, next);
    const job = this.publish(changed);
    if (stop) lease?.end(stop);
    return job;
  }

  /** A job runs: from now on its progress is what the lease says. */
  run(lease: SqliteLease): void {
    this.#leases.set(lease.job.id, lease);
    this.#publish(lease.event);
  }

  /** Publishes the state of a job that has just changed, and the new positions of those that wait. */
  publish(stored: StoredJob): Job {
    return this.#publish(this.#state(stored));
  }

  /** Hands an event to the job's subscribers. */
  tell(event: JobEvent): void {
    this.#subscribers.tell(event);
  }

  watch(stored: StoredJob): AsyncIterableIterator<JobEvent> {
    return this.#subscribers.add(this.#state(stored));
  }

  /** A client watches the previews of a job. */
  wantPreview(id: string, wish: PreviewWish): void {
    this.#leases.get(id)?.viewers.want(wish);
  }

  changes(): AsyncIterableIterator<Job> {
    return this.#subscribers.changes();
  }

  present(job: Job): Job {
    return this.presentAll([{ job }])[0]!;
  }

  /** The jobs with what their records lack: their places in the queue, their progress. */
  presentAll(stored: readonly Pick<StoredJob, 'job'>[]): Job[] {
    const waiting = stored.flatMap(({ job }) => (job.status === 'QUEUED' ? [job.id] : []));
    const positions = this.#parts.store.positions(waiting);
    return stored.map(({ job }) => {
      if (job.status === 'QUEUED') return { ...job, queuePosition: positions.get(job.id) ?? null };
      return job.status === 'RUNNING' ? (this.#leases.get(job.id)?.current() ?? job) : job;
    });
  }

  /** How often something has come that may wait for a worker. */
  get wakes(): number {
    return this.#wakes;
  }

  /** Wakes those that wait for a job. */
  wake(): void {
    this.#wakes++;
    for (const wake of this.#sleepers) wake();
  }

  /** `wake` is called when a job may be waiting, until the returned function is called. */
  onWake(wake: () => void): () => void {
    this.#sleepers.add(wake);
    return () => this.#sleepers.delete(wake);
  }

  /** Ends every watch, and the waits for jobs. */
  close(): void {
    this.#subscribers.close();
    this.wake();
  }

  #publish(event: JobEvent): Job {
    this.#subscribers.publish(event);
    return event.job;
  }

  #state(stored: StoredJob): JobEvent {
    const running = this.#leases.get(stored.job.id)?.event;
    if (running) return running;
    const job = this.present(stored.job);
    const last = this.#subscribers.last(job.id);
    const sequence = Math.max(
      stored.revision * REPORTS_PER_REVISION,
      last?.job.status === 'QUEUED' && job.status === 'QUEUED' ? last.sequence : 0,
    );
    const at = job.finishedAt ?? job.startedAt ?? job.createdAt;
    return stateEvent(job, { sequence, at });
  }
}

/** Where a lease reports and finishes. */
type LeaseParts = Pick<SqliteParts, 'db' | 'live' | 'now'>;

/** A running job of this process. */
export class SqliteLease implements Lease {
  readonly job: Job;
  /** The last event of this attempt. */
  event: JobEvent;
  readonly viewers = new Viewers();
  readonly #records: LeaseParts;
  readonly #stored: StoredJob;
  readonly #over = new AbortController();
  #isFinished = false;

  constructor(stored: StoredJob, records: LeaseParts) {
    this.#records = records;
    this.#stored = stored;
    this.job = stored.job;
    this.event = stateEvent(this.job, {
      sequence: stored.revision * REPORTS_PER_REVISION,
      at: this.job.startedAt ?? this.job.createdAt,
    });
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The job with its progress. */
  current(): Job {
    return this.event.job;
  }

  report(job: Job, step?: StepReport): void {
    if (this.signal.aborted || this.#isFinished) return;
    this.event = progressEvent(this.event, job, this.#records.now(), step);
    this.#records.live.tell(this.event);
  }

  async finish(next: Job): Promise<boolean> {
    await this.#records.db.write(() => {
      if (this.signal.aborted || this.#isFinished) return;
      this.#records.live.change(this.#stored, next);
      this.#isFinished = true;
    });
    return !this.signal.aborted;
  }

  /** Nothing that its holder does counts from now on. */
  end(reason: Error): void {
    this.#over.abort(reason);
  }
}
