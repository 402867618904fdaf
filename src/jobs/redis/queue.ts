import { randomUUID } from 'node:crypto';
import type { PreviewWish } from '../../engine/index.ts';
import { isFinished, type Job, recordOf } from '../job.ts';
import {
  acceptedJob,
  canceled,
  ownQueueFull,
  queueFull,
  sameRequest,
  soleHash,
  tooManyUploads,
  withoutImage,
  withPriority,
} from '../lifecycle.ts';
import { logAccepted } from '../log.ts';
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
  type WaitingJob,
} from '../queue.ts';
import { givenObjects } from '../request.ts';
import { Wishes } from '../viewers.ts';
import { type Entries, levelOf } from './entries.ts';
import type { RedisEvents } from './events.ts';
import { type Row, storedFrom, type StoredJob } from './record.ts';
import type { RedisStore } from './store.ts';

/** Jobs forgotten at a time, at most: the script holds up all others. */
const PAGE = 500;

/** Collaborators and settings of RedisQueue. */
export interface RedisQueueParts {
  readonly store: RedisStore;
  readonly entries: Entries;
  /** Adds the entries of new jobs. */
  readonly accepting: Pick<Entries, 'add'>;
  readonly events: RedisEvents;
  readonly newId: () => string;
  readonly queueLimit: number;
  /** Throws where Redis has lost its data since this process has opened it. */
  readonly mustBeSame: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/** JobQueue on Redis, shared by any number of processes. */
export class RedisQueue implements JobQueue {
  readonly #parts: RedisQueueParts;
  readonly #wishes = new Wishes();
  #closed: Promise<void> | undefined;

  constructor(parts: RedisQueueParts) {
    this.#parts = parts;
  }

  async enqueue(asked: NewJob): Promise<Job> {
    const { store, accepting, newId, queueLimit } = this.#parts;
    const job = acceptedJob(newId(), asked, store.now());
    const { id, request, priority, createdAt } = job;
    const entry = { id, model: request.model };
    const level = levelOf(priority);
    const args = [
      ...[id, entry.model, JSON.stringify(job), level, asked.owner],
      ...[keyField(asked.owner, asked.idempotencyKey), queueLimit, asked.ownLimit ?? ''],
      ...[givenObjects(request).join(' '), createdAt],
    ];
    const [outcome, position] = (await accepting.add(entry, level, ['accept', args])) as [unknown, unknown];
    if (outcome === 'accepted') {
      const accepted = { ...job, queuePosition: Number(position) };
      logAccepted(store.log, accepted);
      return accepted;
    }
    if (outcome === 'full') throw queueFull(queueLimit);
    if (outcome === 'own full') throw ownQueueFull(asked.ownLimit!);
    const known = await store.find(String(outcome));
    // A key whose job has expired in between is free again.
    return typeof known === 'string' ? this.enqueue(asked) : sameRequest(known.job, request);
  }

  async checkCapacity(): Promise<void> {
    const { waiting } = await this.counts();
    if (waiting >= this.#parts.queueLimit) throw queueFull(this.#parts.queueLimit);
  }

  async findByKey(owner: string, idempotencyKey: string): Promise<Job | undefined> {
    const { store } = this.#parts;
    const id = await store.answer(() => store.redis.hget(store.key('keys'), keyField(owner, idempotencyKey)));
    const found = id === null ? 'unknown' : await this.get(id);
    return typeof found === 'string' ? undefined : found;
  }

  async get(id: string): Promise<Job | JobAbsence> {
    return (await this.getMany([id]))[0]!;
  }

  async owners(ids: readonly string[]): Promise<(string | undefined)[]> {
    if (ids.length === 0) return [];
    const found = await this.#parts.store.run<(string | null)[]>('owners', ...ids);
    return ids.map((_, i) => found[i] ?? undefined);
  }

  async getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]> {
    const found = await this.#parts.store.findMany(ids);
    return found.map((one) => (typeof one === 'string' ? one : one.job));
  }

  list(query: JobListQuery): Promise<Job[]> {
    return this.#parts.store.list(query);
  }

  count(filter: JobFilter): Promise<number> {
    return this.#parts.store.count(filter);
  }

  countImages(filter: JobFilter): Promise<number> {
    return this.#parts.store.countImages(filter);
  }

  /** The record first: an entry left behind is dropped when a worker fetches it. */
  cancel(id: string, { immediately } = { immediately: false }): Promise<CancelOutcome> {
    const { store, entries, events } = this.#parts;
    return this.#change(id, async ({ job, revision }): Promise<CancelOutcome | undefined> => {
      if (isFinished(job.status)) return { outcome: 'already-finished', job };
      const next = canceled(job, store.now());
      if (!(await store.change({ revision, next, write: randomUUID() }))) return undefined;
      await Promise.all([
        entries.remove({ id, model: job.request.model }),
        job.status === 'RUNNING' && events.request({ id, stop: { immediately } }),
      ]).catch(() => undefined); // the worker finds out when it renews its lease
      return { outcome: 'canceled', job: next };
    });
  }

  /** The worker that runs the job, wherever it is, hears it; a wish that is lost comes again with the next event. */
  wantPreview(id: string, wish: PreviewWish): void {
    if (this.#wishes.isNew(id, wish)) this.#parts.events.request({ id, wish }).catch(() => undefined);
  }

  setPriority(id: string, priority: number): Promise<PriorityOutcome> {
    const { store } = this.#parts;
    return this.#change(id, async ({ job, revision }): Promise<PriorityOutcome | undefined> => {
      if (job.status !== 'QUEUED') return { outcome: 'not-waiting', job };
      const next = withPriority(job, priority);
      const args = [id, revision, randomUUID(), recordOf(next), levelOf(priority), store.now()];
      const queuePosition = await store.run<number | null>('prioritize', ...args);
      return queuePosition === null ? undefined : { outcome: 'changed', job: { ...next, queuePosition } };
    });
  }

  async remove(id: string): Promise<RemoveOutcome> {
    const { store } = this.#parts;
    const objects = await store.run<string[] | null>('remove', id);
    if (objects) return { outcome: 'removed', objects };
    const found = await store.find(id);
    if (typeof found === 'string') return { outcome: found };
    return isFinished(found.job.status) ? this.remove(id) : { outcome: 'not-finished', job: found.job };
  }

  removeImage(id: string, index: number): Promise<RemoveImageOutcome> {
    const { store } = this.#parts;
    return this.#change(id, async ({ job, revision }): Promise<RemoveImageOutcome | undefined> => {
      if (!job.images.some((image) => image.index === index)) return { outcome: 'no-image', job };
      const record = recordOf(withoutImage(job, index));
      const args = [id, revision, record, soleHash(job, index) ?? ''];
      const objects = await store.run<string[] | null>('removeImage', ...args);
      return objects ? { outcome: 'removed', objects } : undefined;
    });
  }

  watch(id: string): Promise<AsyncIterableIterator<JobEvent> | JobAbsence> {
    return this.#parts.events.watch(id);
  }

  changes(): AsyncIterableIterator<Job> {
    return this.#parts.events.changes();
  }

  async counts(): Promise<QueueCounts> {
    const [waiting, running, first] = await this.#parts.store.run<[number, number, Row?]>('counts');
    const oldest = first && storedFrom(first);
    return { waiting, running, oldestWaiting: oldest?.job.createdAt ?? null };
  }

  async waiting(limit: number): Promise<ReadonlyMap<string, readonly WaitingJob[]>> {
    const models = await this.#parts.store.run<[string, Row[]][]>('waiting', limit);
    return new Map(models.map(([model, rows]) => [model, rows.flatMap((row) => storedFrom(row)?.job ?? [])]));
  }

  async pause(model: string | null): Promise<void> {
    await this.#parts.store.run('pause', 'pause', extentOf(model));
  }

  async resume(model: string | null): Promise<void> {
    await this.#parts.store.run('pause', 'resume', extentOf(model));
  }

  async paused(): Promise<Paused> {
    const { store } = this.#parts;
    const extents = await store.answer(() => store.redis.smembers(store.key('paused')));
    const models = extents.filter((one) => one.startsWith(':')).map((one) => one.slice(1));
    return { all: extents.includes('*'), models: models.sort() };
  }

  async expire(time: number, limit: number): Promise<Expired> {
    const { store } = this.#parts;
    const args = [time, store.now(), Math.min(PAGE, limit)];
    const [jobs, objects] = await store.run<[string[], string[]]>('expire', ...args);
    return { jobs, objects };
  }

  async keepUpload(sha256: string, owner: string): Promise<void> {
    const { store } = this.#parts;
    const kept = await store.run<number>('keepUpload', sha256, owner, store.now(), MAX_UPLOADS);
    if (kept === 0) throw tooManyUploads();
  }

  async expireUploads(time: number, limit: number): Promise<ExpiredUploads> {
    const { store } = this.#parts;
    const args = [time, store.now(), limit];
    const [count, objects] = await store.run<[number, string[]]>('expireUploads', ...args);
    return { count, objects };
  }

  objectUses(sha256s: readonly string[], owner = '*'): Promise<ObjectUse[]> {
    if (sha256s.length === 0) return Promise.resolve([]);
    return this.#parts.store.run<ObjectUse[]>('uses', owner, ...sha256s);
  }

  async check(): Promise<void> {
    const { store, mustBeSame } = this.#parts;
    await mustBeSame();
    await store.answer(() => store.redis.set(store.key('probe'), '1', 'PX', 10_000));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#parts.release());
  }

  /** What `change` makes of a job; tried again where it gives nothing, as the job has changed meanwhile. */
  async #change<Outcome>(
    id: string,
    change: (found: StoredJob) => Promise<Outcome | undefined>,
  ): Promise<Outcome | { readonly outcome: JobAbsence }> {
    for (;;) {
      const found = await this.#parts.store.find(id);
      if (typeof found === 'string') return { outcome: found };
      const outcome = await change(found);
      if (outcome) return outcome;
    }
  }
}

/** Owners are hexadecimal, so that the colon ends them. */
const keyField = (owner: string, key: string | null): string => (key === null ? '' : `${owner}:${key}`);

const extentOf = (model: string | null): string => (model === null ? '*' : `:${model}`);
