import { randomUUID } from 'node:crypto';
import { isFinished, needsOf, recordOf } from '../job.ts';
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
import { type JobAbsence, type JobQueue, MAX_UPLOADS } from '../queue.ts';
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

/** JobQueue on Redis, shared by any number of processes. The port tells what each method promises. */
export class RedisQueue implements JobQueue {
  readonly #parts: RedisQueueParts;
  readonly #wishes = new Wishes();
  #closed: Promise<void> | undefined;

  constructor(parts: RedisQueueParts) {
    this.#parts = parts;
  }

  enqueue: JobQueue['enqueue'] = async (asked) => {
    const { store, accepting, newId, queueLimit } = this.#parts;
    const job = acceptedJob(newId(), asked, store.now());
    const { id, request, priority, createdAt } = job;
    const entry = { id, model: request.model };
    const level = levelOf(priority);
    const args = [
      ...[id, entry.model, JSON.stringify(job), level, asked.owner],
      ...[keyField(asked.owner, asked.idempotencyKey), queueLimit, asked.ownLimit ?? ''],
      ...[givenObjects(request).join(' '), createdAt, needsOf(job)],
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
    if (typeof known !== 'string') return sameRequest(known.job, request);
    // It has expired in between, or its record is gone: its key is free again.
    await store.run('freeKey', keyField(asked.owner, asked.idempotencyKey), String(outcome));
    return this.enqueue(asked);
  };

  checkCapacity: JobQueue['checkCapacity'] = async () => {
    const { waiting } = await this.counts();
    if (waiting >= this.#parts.queueLimit) throw queueFull(this.#parts.queueLimit);
  };

  findByKey: JobQueue['findByKey'] = async (owner, idempotencyKey) => {
    const { store } = this.#parts;
    const id = await store.answer(() => store.redis.hget(store.key('keys'), keyField(owner, idempotencyKey)));
    const found = id === null ? 'unknown' : await this.get(id);
    return typeof found === 'string' ? undefined : found;
  };

  get: JobQueue['get'] = async (id) => (await this.getMany([id]))[0]!;

  owners: JobQueue['owners'] = async (ids) => {
    if (ids.length === 0) return [];
    const found = await this.#parts.store.run<(string | null)[]>('owners', ...ids);
    return ids.map((_, i) => found[i] ?? undefined);
  };

  getMany: JobQueue['getMany'] = async (ids) => {
    const found = await this.#parts.store.findMany(ids);
    return found.map((one) => (typeof one === 'string' ? one : one.job));
  };

  list: JobQueue['list'] = (query) => this.#parts.store.list(query);

  count: JobQueue['count'] = (filter) => this.#parts.store.count(filter);

  countImages: JobQueue['countImages'] = (filter) => this.#parts.store.countImages(filter);

  /** The record first: an entry left behind is dropped when a worker fetches it. */
  cancel: JobQueue['cancel'] = (id, { immediately } = { immediately: false }) => {
    const { store, entries, events } = this.#parts;
    return this.#change(id, async ({ job, revision }) => {
      if (isFinished(job.status)) return { outcome: 'already-finished', job };
      const next = canceled(job, store.now());
      if (!(await store.change({ revision, next, write: randomUUID() }))) return undefined;
      await Promise.all([
        entries.remove({ id, model: job.request.model }),
        job.status === 'RUNNING' && events.request({ id, stop: { immediately } }),
      ]).catch(() => undefined); // the worker finds out when it renews its lease
      return { outcome: 'canceled', job: next };
    });
  };

  /** The worker that runs the job, wherever it is, hears it; a wish that is lost comes again with the next event. */
  wantPreview: JobQueue['wantPreview'] = (id, wish) => {
    if (this.#wishes.isNew(id, wish)) this.#parts.events.request({ id, wish }).catch(() => undefined);
  };

  setPriority: JobQueue['setPriority'] = (id, priority) => {
    const { store } = this.#parts;
    return this.#change(id, async ({ job, revision }) => {
      if (job.status !== 'QUEUED') return { outcome: 'not-waiting', job };
      const next = withPriority(job, priority);
      const args = [id, revision, randomUUID(), recordOf(next), levelOf(priority), store.now()];
      const queuePosition = await store.run<number | null>('prioritize', ...args);
      return queuePosition === null ? undefined : { outcome: 'changed', job: { ...next, queuePosition } };
    });
  };

  remove: JobQueue['remove'] = async (id) => {
    const { store } = this.#parts;
    const objects = await store.run<string[] | null>('remove', id);
    if (objects) return { outcome: 'removed', objects };
    const found = await store.find(id);
    if (typeof found === 'string') return { outcome: found };
    return isFinished(found.job.status) ? this.remove(id) : { outcome: 'not-finished', job: found.job };
  };

  removeImage: JobQueue['removeImage'] = (id, index) => {
    const { store } = this.#parts;
    return this.#change(id, async ({ job, revision }) => {
      if (!job.images.some((image) => image.index === index)) return { outcome: 'no-image', job };
      const record = recordOf(withoutImage(job, index));
      const args = [id, revision, record, soleHash(job, index) ?? ''];
      const objects = await store.run<string[] | null>('removeImage', ...args);
      return objects ? { outcome: 'removed', objects } : undefined;
    });
  };

  watch: JobQueue['watch'] = (id) => this.#parts.events.watch(id);

  changes: JobQueue['changes'] = () => this.#parts.events.changes();

  counts: JobQueue['counts'] = async () => {
    const [waiting, running, first] = await this.#parts.store.run<[number, number, Row?]>('counts');
    const oldest = first && storedFrom(first);
    return { waiting, running, oldestWaiting: oldest?.job.createdAt ?? null };
  };

  waiting: JobQueue['waiting'] = async (limit) => {
    const models = await this.#parts.store.run<[string, Row[]][]>('waiting', limit);
    return new Map(models.map(([model, rows]) => [model, rows.flatMap((row) => storedFrom(row)?.job ?? [])]));
  };

  pause: JobQueue['pause'] = async (model) => {
    await this.#parts.store.run('pause', 'pause', extentOf(model));
  };

  resume: JobQueue['resume'] = async (model) => {
    await this.#parts.store.run('pause', 'resume', extentOf(model));
  };

  paused: JobQueue['paused'] = async () => {
    const { store } = this.#parts;
    const extents = await store.answer(() => store.redis.smembers(store.key('paused')));
    const models = extents.filter((one) => one.startsWith(':')).map((one) => one.slice(1));
    return { all: extents.includes('*'), models: models.sort() };
  };

  expire: JobQueue['expire'] = async (time, limit) => {
    const { store } = this.#parts;
    const args = [time, store.now(), Math.min(PAGE, limit)];
    const [jobs, objects] = await store.run<[string[], string[]]>('expire', ...args);
    return { jobs, objects };
  };

  keepUpload: JobQueue['keepUpload'] = async (sha256, owner) => {
    const { store } = this.#parts;
    const kept = await store.run<number>('keepUpload', sha256, owner, store.now(), MAX_UPLOADS);
    if (kept === 0) throw tooManyUploads();
  };

  expireUploads: JobQueue['expireUploads'] = async (time, limit) => {
    const { store } = this.#parts;
    const args = [time, store.now(), limit];
    const [count, objects] = await store.run<[number, string[]]>('expireUploads', ...args);
    return { count, objects };
  };

  objectUses: JobQueue['objectUses'] = async (sha256s, owner = '*') => {
    if (sha256s.length === 0) return [];
    return this.#parts.store.run('uses', owner, ...sha256s);
  };

  check: JobQueue['check'] = async () => {
    const { store, mustBeSame } = this.#parts;
    await mustBeSame();
    await store.answer(() => store.redis.set(store.key('probe'), '1', 'PX', 10_000));
  };

  close: JobQueue['close'] = () => (this.#closed ??= this.#parts.release());

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
