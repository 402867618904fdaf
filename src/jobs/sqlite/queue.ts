import { isFinished, type Job } from '../job.ts';
import { growingIds } from '../job-id.ts';
import {
  acceptedJob,
  canceled,
  ownQueueFull,
  queueFull,
  sameRequest,
  StopRequest,
  tooManyUploads,
  withPriority,
} from '../lifecycle.ts';
import { type Log, logAccepted, logEnded } from '../log.ts';
import {
  type CancelOutcome,
  type Expired,
  type ExpiredUploads,
  type JobAbsence,
  type JobEvent,
  type JobFilter,
  type JobListQuery,
  type JobQueue,
  MAX_UPLOADS,
  type NewJob,
  type ObjectUse,
  type Paused,
  type PriorityOutcome,
  type QueueCounts,
  type RemoveImageOutcome,
  type RemoveOutcome,
  REPORTS_PER_REVISION,
  stateEvent,
  type WaitingJob,
} from '../queue.ts';
import { Subscribers } from '../subscribers.ts';
import type { JobDatabase } from './database.ts';
import type { SqliteLease } from './lease.ts';
import type { Lookup, StoredJob } from './rows.ts';
import type { JobStore } from './store.ts';

/** Collaborators and settings of SqliteQueue. */
export interface SqliteQueueParts {
  readonly db: JobDatabase;
  readonly store: JobStore;
  /** Waiting jobs beyond which `enqueue` refuses. */
  readonly limit: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Milliseconds over which changes of positions are gathered for the subscribers of waiting jobs. */
const GATHERING = 25;

/** JobQueue in a database that this process alone writes; events go to subscribers in this process. */
export class SqliteQueue implements JobQueue {
  readonly #parts: SqliteQueueParts;
  readonly #newId: () => string;
  readonly #leases = new Map<string, SqliteLease>();
  readonly #subscribers = new Subscribers();
  readonly #sleepers = new Set<() => void>();
  #wakes = 0;
  #moves: NodeJS.Timeout | undefined;

  constructor(parts: SqliteQueueParts) {
    this.#parts = parts;
    this.#newId = growingIds(parts.now, parts.store.lastId());
  }

  enqueue(asked: NewJob): Promise<Job> {
    return promised(() => {
      const { store, now, limit, log } = this.#parts;
      const { owner, idempotencyKey, request, ownLimit } = asked;
      const known = idempotencyKey === null ? undefined : store.findByKey(owner, idempotencyKey);
      if (known) return this.#present(sameRequest(known.job, request));
      if (store.count({ status: ['QUEUED'] }) >= limit) throw queueFull(limit);
      if (ownLimit !== undefined && store.count({ status: ['QUEUED'], owner }) >= ownLimit)
        throw ownQueueFull(ownLimit);
      const stored = store.insert(acceptedJob(this.#newId(), asked, now()), idempotencyKey);
      logAccepted(log, stored.job);
      this.wake();
      return this.publish(stored);
    });
  }

  checkCapacity(): Promise<void> {
    return promised(() => {
      const { db, store, limit } = this.#parts;
      db.mustBeInPlace();
      if (store.count({ status: ['QUEUED'] }) >= limit) throw queueFull(limit);
    });
  }

  findByKey(owner: string, idempotencyKey: string): Promise<Job | undefined> {
    return promised(() => {
      const known = this.#parts.store.findByKey(owner, idempotencyKey);
      return known && this.#present(known.job);
    });
  }

  get(id: string): Promise<Job | JobAbsence> {
    return promised(() => {
      const found = this.#parts.store.find(id);
      return typeof found === 'object' ? this.#present(found.job) : this.#absence(id, found);
    });
  }

  owners(ids: readonly string[]): Promise<(string | undefined)[]> {
    return promised(() => ids.map((id) => this.#parts.store.ownerOf(id)));
  }

  getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]> {
    return promised(() => {
      const found = this.#parts.store.findMany(ids);
      const stored = [...found.values()].flatMap((one) => (one === 'unreadable' ? [] : [one]));
      const jobs = new Map(this.#presentAll(stored).map((job) => [job.id, job]));
      return ids.map((id) => jobs.get(id) ?? this.#absence(id, found.has(id) ? 'unreadable' : 'missing'));
    });
  }

  list(query: JobListQuery): Promise<Job[]> {
    return promised(() => {
      const { jobs, unreadable } = this.#parts.store.page(query);
      if (unreadable.length > 0) this.#parts.log.warn({ jobIds: unreadable }, 'unreadable job records');
      return this.#presentAll(jobs);
    });
  }

  count(filter: JobFilter): Promise<number> {
    return promised(() => this.#parts.store.count(filter));
  }

  countImages(filter: JobFilter): Promise<number> {
    return promised(() => this.#parts.store.countImages(filter));
  }

  cancel(id: string, { immediately } = { immediately: false }): Promise<CancelOutcome> {
    return promised(() => {
      const found = this.#parts.store.find(id);
      if (typeof found === 'string') return { outcome: this.#absence(id, found) };
      const present = this.#present(found.job);
      if (isFinished(present.status)) return { outcome: 'already-finished', job: present };
      const lease = this.#leases.get(id);
      const job = this.change(found, canceled(present, this.#parts.now()));
      lease?.end(new StopRequest('the job was canceled', { immediately }));
      return { outcome: 'canceled', job };
    });
  }

  setPriority(id: string, priority: number): Promise<PriorityOutcome> {
    return promised(() => {
      const found = this.#parts.store.find(id);
      if (typeof found === 'string') return { outcome: this.#absence(id, found) };
      if (found.job.status !== 'QUEUED') return { outcome: 'not-waiting', job: this.#present(found.job) };
      return { outcome: 'changed', job: this.change(found, withPriority(found.job, priority)) };
    });
  }

  remove(id: string): Promise<RemoveOutcome> {
    return promised(() => {
      const found = this.#parts.store.find(id);
      if (found === 'missing') return { outcome: this.#absence(id, found) };
      if (found !== 'unreadable' && !isFinished(found.job.status)) {
        return { outcome: 'not-finished', job: this.#present(found.job) };
      }
      return { outcome: 'removed', objects: this.#parts.store.remove([id]) };
    });
  }

  removeImage(id: string, index: number): Promise<RemoveImageOutcome> {
    return promised(() => {
      const found = this.#parts.store.find(id);
      if (typeof found === 'string') return { outcome: this.#absence(id, found) };
      const hasImage = found.job.images.some((image) => image.index === index);
      if (!hasImage) return { outcome: 'no-image', job: this.#present(found.job) };
      return { outcome: 'removed', objects: this.#parts.store.removeImage(found, index) };
    });
  }

  watch(id: string): Promise<AsyncIterableIterator<JobEvent> | JobAbsence> {
    return promised(() => {
      const found = this.#parts.store.find(id);
      if (typeof found === 'string') return this.#absence(id, found);
      return this.#subscribers.add(this.#state(found));
    });
  }

  changes(): AsyncIterableIterator<Job> {
    return this.#subscribers.changes();
  }

  counts(): Promise<QueueCounts> {
    return promised(() => {
      const { store } = this.#parts;
      const waiting = store.count({ status: ['QUEUED'] });
      return { waiting, running: this.#leases.size, oldestWaiting: store.oldestWaiting() };
    });
  }

  waiting(limit: number): Promise<ReadonlyMap<string, readonly WaitingJob[]>> {
    return promised(() => this.#parts.store.waiting(limit));
  }

  pause(model: string | null): Promise<void> {
    return promised(() => {
      this.#parts.store.setPaused(model ?? '', true);
    });
  }

  resume(model: string | null): Promise<void> {
    return promised(() => {
      this.#parts.store.setPaused(model ?? '', false);
      this.wake();
    });
  }

  paused(): Promise<Paused> {
    return promised(() => this.#parts.store.paused());
  }

  expire(time: number, limit: number): Promise<Expired> {
    return promised(() => this.#parts.store.expire(time, limit));
  }

  keepUpload(sha256: string, owner: string): Promise<void> {
    return promised(() => {
      const { store, now } = this.#parts;
      if (!store.keepUpload(sha256, owner, { now: now(), limit: MAX_UPLOADS })) throw tooManyUploads();
    });
  }

  expireUploads(time: number, limit: number): Promise<ExpiredUploads> {
    return promised(() => this.#parts.store.expireUploads(time, limit));
  }

  objectUses(sha256s: readonly string[], owner?: string): Promise<ObjectUse[]> {
    return promised(() => sha256s.map((sha256) => this.#parts.store.objectUse(sha256, owner)));
  }

  check(): Promise<void> {
    return promised(() => {
      this.#parts.db.check();
    });
  }

  close(): Promise<void> {
    return promised(() => {
      if (this.#subscribers.isClosed) return;
      clearTimeout(this.#moves);
      this.#subscribers.close();
      this.wake();
      this.#parts.db.close();
    });
  }

  /** Writes what a job has become and publishes it. Throws where the record is no longer at its revision. */
  change(stored: StoredJob, next: Job): Job {
    const changed = this.#parts.store.change(stored, next);
    if (!changed) throw new Error(`the record of job ${next.id} is no longer at revision ${stored.revision}`);
    if (next.status !== 'RUNNING') this.#leases.delete(next.id);
    if (next.status === 'QUEUED') this.wake();
    if (isFinished(next.status)) logEnded(this.#parts.log, next);
    return this.publish(changed);
  }

  /** From now on the job's progress is what the lease says. */
  hold(lease: SqliteLease): void {
    this.#leases.set(lease.job.id, lease);
  }

  /** Publishes the state of a job that has just changed, and the new positions of those that wait. */
  publish(stored: StoredJob): Job {
    const event = this.#state(stored);
    this.#subscribers.changed(event.job);
    this.tell(event);
    this.#moves ??= setTimeout(() => {
      this.#tellMoves();
    }, GATHERING).unref();
    return event.job;
  }

  /** Hands an event to the job's subscribers. */
  tell(event: JobEvent): void {
    this.#subscribers.tell(event);
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

  #state(stored: StoredJob): JobEvent {
    const running = this.#leases.get(stored.job.id)?.event;
    if (running) return running;
    const job = this.#present(stored.job);
    const last = this.#subscribers.last(job.id);
    const sequence = Math.max(
      stored.revision * REPORTS_PER_REVISION,
      last?.job.status === 'QUEUED' && job.status === 'QUEUED' ? last.sequence : 0,
    );
    const at = job.finishedAt ?? job.startedAt ?? job.createdAt;
    return stateEvent(job, { sequence, at });
  }

  #present(job: Job): Job {
    if (job.status === 'RUNNING') return this.#leases.get(job.id)?.current() ?? job;
    if (job.status !== 'QUEUED') return job;
    return { ...job, queuePosition: this.#parts.store.positions([job.id]).get(job.id) ?? null };
  }

  #presentAll(stored: readonly StoredJob[]): Job[] {
    const waiting = stored.flatMap(({ job }) => (job.status === 'QUEUED' ? [job.id] : []));
    const positions = this.#parts.store.positions(waiting);
    return stored.map(({ job }) =>
      job.status === 'QUEUED' ? { ...job, queuePosition: positions.get(job.id) ?? null } : this.#present(job),
    );
  }

  #tellMoves(): void {
    this.#moves = undefined;
    const positions = this.#parts.store.positions(this.#subscribers.waiting);
    for (const [id, position] of positions) this.#subscribers.move(id, position, this.#parts.now());
  }

  #absence(id: string, found: Exclude<Lookup, StoredJob>): JobAbsence {
    if (found === 'unreadable') return found;
    return this.#parts.store.isExpired(id) ? 'expired' : 'unknown';
  }
}

/** Runs synchronous work now; what it throws rejects. */
function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
