import type { InputError } from '../input-error.ts';
import { acceptedJob, queueFull, sameRequest } from './acceptance.ts';
import type { ClusterEvents } from './cluster-events.ts';
import type { ClusterStore } from './cluster-store.ts';
import type { TicketOffice } from './cluster-tickets.ts';
import type { ClusterWorker } from './cluster-worker.ts';
import { isFinished, type Job } from './job.ts';
import { growingIds } from './job-id.ts';
import type {
  CancelOutcome,
  Expired,
  JobAbsence,
  JobHandler,
  JobListQuery,
  JobQueue,
  NewJob,
  ObjectUse,
} from './ports.ts';
import { canceled } from './transitions.ts';

/** The channel on which a canceled job's worker hears of it. */
export const STOP_CHANNEL = 'stop';

/** What a ClusterQueue works with. */
export interface ClusterQueueParts {
  readonly store: ClusterStore;
  readonly events: ClusterEvents;
  readonly office: TicketOffice;
  /** Starts a worker with a handler for each job that may run at the same time. */
  readonly startWorker: (handlers: readonly JobHandler[]) => ClusterWorker;
  /** Waiting jobs in the whole cluster beyond which `enqueue` refuses. */
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The greatest id given so far. */
  readonly lastId: string | undefined;
  /** Lets go of Redis; called once, when nothing uses it any more. */
  readonly release: () => Promise<void>;
}

/** Running jobs that are asked when they will end. */
const ASKED = 100;

/** JobQueue on Redis, shared by any number of processes. */
export class ClusterQueue implements JobQueue {
  readonly #parts: ClusterQueueParts;
  readonly #newId: () => string;
  #worker: ClusterWorker | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: ClusterQueueParts) {
    this.#parts = parts;
    this.#newId = growingIds(parts.now, parts.lastId);
  }

  async enqueue(asked: NewJob): Promise<Job> {
    const { store, office, limit, now } = this.#parts;
    const known = await this.admit(asked);
    if (known) return sameRequest(known, asked.request);
    const job = acceptedJob(this.#newId(), asked, now());
    // The authority: several processes may have come this far with the same key, or for the last free place.
    const transaction = await office.transaction(job.request.model);
    const [, accepted] = await Promise.all([
      office.issue(job.id, job.request.model, transaction),
      store.accept(job, asked, limit, transaction),
    ]);
    if (accepted.outcome === 'accepted') return accepted.job;
    if (accepted.outcome === 'full') throw await this.#full();
    const other = await store.find(accepted.id);
    return typeof other === 'string' ? this.enqueue(asked) : sameRequest(other.job, asked.request);
  }

  async admit({ owner, idempotencyKey }: Pick<NewJob, 'owner' | 'idempotencyKey'>): Promise<Job | undefined> {
    const { store, limit } = this.#parts;
    this.#mustBeOpen();
    const id = idempotencyKey === null ? undefined : await store.idOfKey(owner, idempotencyKey);
    const known = id === undefined ? undefined : await store.find(id);
    if (typeof known === 'object') return known.job;
    if ((await store.counts()).waiting >= limit) throw await this.#full();
    return undefined;
  }

  async get(id: string): Promise<Job | JobAbsence> {
    return (await this.getMany([id]))[0]!;
  }

  async getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]> {
    const found = await this.#parts.store.findMany(ids);
    return found.map((one) => (typeof one === 'string' ? one : one.job));
  }

  list(query: JobListQuery): Promise<Job[]> {
    return this.#parts.store.page(query);
  }

  async cancel(id: string, { immediately } = { immediately: false }): Promise<CancelOutcome> {
    const { store, events, now } = this.#parts;
    for (;;) {
      const found = await store.find(id);
      if (typeof found === 'string') return { outcome: found };
      const { job, revision } = found;
      if (isFinished(job.status)) return { outcome: 'already-finished', job };
      const changed = await store.change(revision, canceled(job, now()));
      if (!changed) continue; // it has just been started, put back or ended
      events.take(changed.event);
      this.#worker?.abandon(id, immediately);
      if (job.status === 'RUNNING') await store.say(STOP_CHANNEL, stopMessage(id, immediately));
      return { outcome: 'canceled', job: changed.stored.job };
    }
  }

  counts(): Promise<{ waiting: number; running: number }> {
    return this.#parts.store.counts();
  }

  process(handler: JobHandler): void {
    this.processAll([handler]);
  }

  /** Takes as many jobs at a time as there are handlers: one for each device of this process. */
  processAll(handlers: readonly JobHandler[]): void {
    if (this.#worker) throw new Error('the queue has its handler already');
    this.#worker = this.#parts.startWorker(handlers);
  }

  expire(time: number, limit: number): Promise<Expired> {
    return this.#parts.store.expire(time, limit);
  }

  objectUses(sha256s: readonly string[]): Promise<ObjectUse[]> {
    return this.#parts.store.objectUses(sha256s);
  }

  async drain(patience: number): Promise<void> {
    await this.#worker?.drain(patience);
  }

  close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  /** Hears that a job may be waiting. */
  wake(): void {
    this.#worker?.wake();
  }

  /** Hears what another process said on the stop channel. */
  heed(message: string): void {
    const [id, immediately] = message.split(' ') as [string, string];
    this.#worker?.abandon(id, immediately === 'now');
  }

  async #leave(): Promise<void> {
    try {
      await this.#worker?.stop();
    } finally {
      this.#parts.events.close();
      await this.#parts.release();
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('the queue is closed');
  }

  async #full(): Promise<InputError> {
    const { store, limit } = this.#parts;
    const running = await store.page({ status: ['RUNNING'], limit: ASKED, from: 'oldest' });
    const ends = running.flatMap(({ etaSeconds }) => etaSeconds ?? []);
    return queueFull(limit, ends.length > 0 ? Math.min(...ends) : undefined);
  }
}

const stopMessage = (id: string, immediately: boolean): string => `${id} ${immediately ? 'now' : 'soon'}`;
