import type { PreviewWish } from '../../engine/index.ts';
import { eachAfter } from '../event-buffer.ts';
import { growingIds, isFinished, type Job } from '../job.ts';
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
import type { SqliteParts } from './live-jobs.ts';
import type { StoredJob } from './store.ts';

/** Collaborators and settings of SqliteQueue. */
export interface SqliteQueueParts extends SqliteParts {
  /** Waiting jobs beyond which `enqueue` refuses. */
  readonly limit: number;
}

/** JobQueue in a database that this process alone writes. */
export class SqliteQueue implements JobQueue {
  readonly #parts: SqliteQueueParts;
  readonly #newId: () => string;

  constructor(parts: SqliteQueueParts) {
    this.#parts = parts;
    this.#newId = growingIds(parts.now, parts.store.lastId());
  }

  enqueue(asked: NewJob): Promise<Job> {
    return this.#parts.db.write(() => this.#enqueue(asked));
  }

  #enqueue(asked: NewJob): Job {
    const { store, now, limit, log } = this.#parts;
    const { owner, idempotencyKey, request, ownLimit } = asked;
    const known = idempotencyKey === null ? undefined : store.findByKey(owner, idempotencyKey);
    if (known) return this.#parts.live.present(sameRequest(known.job, request));
    if (store.count({ status: ['QUEUED'] }) >= limit) throw queueFull(limit);
    if (ownLimit !== undefined && store.count({ status: ['QUEUED'], owner }) >= ownLimit)
      throw ownQueueFull(ownLimit);
    const stored = store.insert(acceptedJob(this.#newId(), asked, now()), idempotencyKey);
    logAccepted(log, stored.job);
    this.#parts.live.wake();
    return this.#parts.live.publish(stored);
  }

  async checkCapacity(): Promise<void> {
    const { db, store, limit } = this.#parts;
    db.mustBeInPlace();
    if (store.count({ status: ['QUEUED'] }) >= limit) throw queueFull(limit);
  }

  findByKey(owner: string, idempotencyKey: string): Promise<Job | undefined> {
    const { db, store, live } = this.#parts;
    return db.read(() => {
      const known = store.findByKey(owner, idempotencyKey);
      return known && live.present(known.job);
    });
  }

  async get(id: string): Promise<Job | JobAbsence> {
    const [found] = await this.getMany([id]);
    return found!;
  }

  async owners(ids: readonly string[]): Promise<(string | undefined)[]> {
    return ids.map((id) => this.#parts.store.ownerOf(id));
  }

  getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]> {
    const { db, store, live } = this.#parts;
    return db.read(() => {
      const found = store.findMany(ids);
      const jobs = live.presentAll(found.flatMap((one) => (typeof one === 'string' ? [] : [one])));
      const byId = new Map(jobs.map((job) => [job.id, job]));
      return found.map((one) => (typeof one === 'string' ? one : byId.get(one.job.id)!));
    });
  }

  list(query: JobListQuery): Promise<Job[]> {
    const { db, store, live, log } = this.#parts;
    return db.read(() => {
      const { jobs, unreadable } = store.page(query);
      if (unreadable.length > 0) log.warn({ jobIds: unreadable }, 'unreadable job records');
      return live.presentAll(jobs);
    });
  }

  async count(filter: JobFilter): Promise<number> {
    return this.#parts.store.count(filter);
  }

  async countImages(filter: JobFilter): Promise<number> {
    return this.#parts.store.countImages(filter);
  }

  cancel(id: string, { immediately } = { immediately: false }): Promise<CancelOutcome> {
    const { live, now } = this.#parts;
    return this.#change(id, (found, present): CancelOutcome => {
      if (isFinished(present.status)) return { outcome: 'already-finished', job: present };
      const stop = new StopRequest('the job was canceled', { immediately });
      return { outcome: 'canceled', job: live.change(found, canceled(present, now()), stop) };
    });
  }

  setPriority(id: string, priority: number): Promise<PriorityOutcome> {
    return this.#change(id, (found, present): PriorityOutcome => {
      if (present.status !== 'QUEUED') return { outcome: 'not-waiting', job: present };
      return { outcome: 'changed', job: this.#parts.live.change(found, withPriority(found.job, priority)) };
    });
  }

  remove(id: string): Promise<RemoveOutcome> {
    const { db, store, live } = this.#parts;
    return db.write((): RemoveOutcome => {
      const found = store.find(id);
      if (found === 'unknown' || found === 'expired') return { outcome: found };
      if (found !== 'unreadable' && !isFinished(found.job.status))
        return { outcome: 'not-finished', job: live.present(found.job) };
      return { outcome: 'removed', objects: store.remove([id]) };
    });
  }

  removeImage(id: string, index: number): Promise<RemoveImageOutcome> {
    return this.#change(id, (found, present): RemoveImageOutcome => {
      const hasImage = present.images.some((image) => image.index === index);
      if (!hasImage) return { outcome: 'no-image', job: present };
      return { outcome: 'removed', objects: this.#parts.store.removeImage(found, index) };
    });
  }

  async watch(id: string): Promise<AsyncIterableIterator<JobEvent> | JobAbsence> {
    const { db, store, live } = this.#parts;
    const found = store.find(id);
    return typeof found === 'string' ? found : eachAfter(live.watch(found), () => db.onDisk());
  }

  wantPreview(id: string, wish: PreviewWish): void {
    this.#parts.live.wantPreview(id, wish);
  }

  changes(): AsyncIterableIterator<Job> {
    return eachAfter(this.#parts.live.changes(), () => this.#parts.db.onDisk());
  }

  async counts(): Promise<QueueCounts> {
    const { db, store, live } = this.#parts;
    const [oldest] = db.all<{ at: number }>(
      "SELECT created_at AS at FROM jobs WHERE status = 'QUEUED' ORDER BY id LIMIT 1",
    );
    return {
      waiting: store.count({ status: ['QUEUED'] }),
      running: live.running,
      oldestWaiting: oldest?.at ?? null,
    };
  }

  async waiting(limit: number): Promise<ReadonlyMap<string, readonly WaitingJob[]>> {
    const byModel = new Map<string, WaitingJob[]>();
    for (const job of this.#parts.store.waiting(limit)) {
      const ofModel = byModel.get(job.request.model) ?? [];
      ofModel.push(job);
      byModel.set(job.request.model, ofModel);
    }
    return byModel;
  }

  /** In the table '' stands for every model. */
  async pause(model: string | null): Promise<void> {
    const { db } = this.#parts;
    const add = () => db.run('INSERT OR IGNORE INTO paused (model) VALUES (?)', model ?? '');
    await db.write(() => db.transaction(add));
  }

  async resume(model: string | null): Promise<void> {
    const { db, live } = this.#parts;
    const remove = () => db.run('DELETE FROM paused WHERE model = ?', model ?? '');
    await db.write(() => db.transaction(remove));
    live.wake();
  }

  async paused(): Promise<Paused> {
    const rows = this.#parts.db.all<{ model: string }>('SELECT model FROM paused ORDER BY model');
    const models = rows.map(({ model }) => model);
    return { all: models.includes(''), models: models.filter((model) => model !== '') };
  }

  /** Not waited for: if a power cut undoes it, it is done again. */
  expire(time: number, limit: number): Promise<Expired> {
    const { db, store } = this.#parts;
    return db.change(() => store.expire(time, limit));
  }

  async keepUpload(sha256: string, owner: string): Promise<void> {
    const { db, store, now } = this.#parts;
    const bounds = { now: now(), limit: MAX_UPLOADS };
    const keep = () => store.objects.keepUpload(sha256, owner, bounds);
    if (!(await db.write(() => db.transaction(keep)))) throw tooManyUploads();
  }

  /** As `expire`. */
  expireUploads(time: number, limit: number): Promise<ExpiredUploads> {
    const { db, store } = this.#parts;
    const expire = () => store.objects.expireUploads(time, limit);
    return db.change(() => db.transaction(expire, { isEnding: true }));
  }

  async objectUses(sha256s: readonly string[], owner?: string): Promise<ObjectUse[]> {
    return sha256s.map((sha256) => this.#parts.store.objects.use(sha256, owner));
  }

  check(): Promise<void> {
    return this.#parts.db.check();
  }

  async close(): Promise<void> {
    this.#parts.live.close();
    await this.#parts.db.close();
  }

  /** What `change` makes of a job, as it is stored and as it is shown. */
  #change<Outcome>(
    id: string,
    change: (found: StoredJob, present: Job) => Outcome,
  ): Promise<Outcome | { readonly outcome: JobAbsence }> {
    const { db, store, live } = this.#parts;
    return db.write(() => {
      const found = store.find(id);
      return typeof found === 'string' ? { outcome: found } : change(found, live.present(found.job));
    });
  }
}
