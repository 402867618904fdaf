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
import { type JobAbsence, type JobQueue, MAX_UPLOADS, type NewJob } from '../queue.ts';
import type { SqliteParts } from './live-jobs.ts';
import type { StoredJob } from './store.ts';

/** Collaborators and settings of SqliteQueue. */
export interface SqliteQueueParts extends SqliteParts {
  /** Waiting jobs beyond which `enqueue` refuses. */
  readonly limit: number;
}

/** JobQueue in a database that this process alone writes. The port tells what each method promises. */
export class SqliteQueue implements JobQueue {
  readonly #parts: SqliteQueueParts;
  readonly #newId: () => string;

  constructor(parts: SqliteQueueParts) {
    this.#parts = parts;
    this.#newId = growingIds(parts.now, parts.store.lastId());
  }

  enqueue: JobQueue['enqueue'] = (asked) => this.#parts.db.write(() => this.#enqueue(asked));

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

  checkCapacity: JobQueue['checkCapacity'] = async () => {
    const { db, store, limit } = this.#parts;
    db.mustBeInPlace();
    if (store.count({ status: ['QUEUED'] }) >= limit) throw queueFull(limit);
  };

  findByKey: JobQueue['findByKey'] = (owner, idempotencyKey) => {
    const { db, store, live } = this.#parts;
    return db.read(() => {
      const known = store.findByKey(owner, idempotencyKey);
      return known && live.present(known.job);
    });
  };

  get: JobQueue['get'] = async (id) => (await this.getMany([id]))[0]!;

  owners: JobQueue['owners'] = async (ids) => ids.map((id) => this.#parts.store.ownerOf(id));

  getMany: JobQueue['getMany'] = (ids) => {
    const { db, store, live } = this.#parts;
    return db.read(() => {
      const found = store.findMany(ids);
      const jobs = live.presentAll(found.flatMap((one) => (typeof one === 'string' ? [] : [one])));
      const byId = new Map(jobs.map((job) => [job.id, job]));
      return found.map((one) => (typeof one === 'string' ? one : byId.get(one.job.id)!));
    });
  };

  list: JobQueue['list'] = (query) => {
    const { db, store, live, log } = this.#parts;
    return db.read(() => {
      const { jobs, unreadable } = store.page(query);
      if (unreadable.length > 0) log.warn({ jobIds: unreadable }, 'unreadable job records');
      return live.presentAll(jobs);
    });
  };

  count: JobQueue['count'] = async (filter) => this.#parts.store.count(filter);

  countImages: JobQueue['countImages'] = async (filter) => this.#parts.store.countImages(filter);

  cancel: JobQueue['cancel'] = (id, { immediately } = { immediately: false }) => {
    const { live, now } = this.#parts;
    return this.#change(id, (found, present) => {
      if (isFinished(present.status)) return { outcome: 'already-finished', job: present };
      const stop = new StopRequest('the job was canceled', { immediately });
      return { outcome: 'canceled', job: live.change(found, canceled(present, now()), stop) };
    });
  };

  setPriority: JobQueue['setPriority'] = (id, priority) =>
    this.#change(id, (found, present) => {
      if (present.status !== 'QUEUED') return { outcome: 'not-waiting', job: present };
      return { outcome: 'changed', job: this.#parts.live.change(found, withPriority(found.job, priority)) };
    });

  remove: JobQueue['remove'] = (id) => {
    const { db, store, live } = this.#parts;
    return db.write(() => {
      const found = store.find(id);
      if (found === 'unknown' || found === 'expired') return { outcome: found };
      if (found !== 'unreadable' && !isFinished(found.job.status))
        return { outcome: 'not-finished', job: live.present(found.job) };
      return { outcome: 'removed', objects: store.remove([id]) };
    });
  };

  removeImage: JobQueue['removeImage'] = (id, index) =>
    this.#change(id, (found, present) => {
      const hasImage = present.images.some((image) => image.index === index);
      if (!hasImage) return { outcome: 'no-image', job: present };
      return { outcome: 'removed', objects: this.#parts.store.removeImage(found, index) };
    });

  watch: JobQueue['watch'] = async (id) => {
    const { db, store, live } = this.#parts;
    const found = store.find(id);
    return typeof found === 'string' ? found : eachAfter(live.watch(found), () => db.onDisk());
  };

  wantPreview: JobQueue['wantPreview'] = (id, wish) => {
    this.#parts.live.wantPreview(id, wish);
  };

  changes: JobQueue['changes'] = () => eachAfter(this.#parts.live.changes(), () => this.#parts.db.onDisk());

  counts: JobQueue['counts'] = async () => {
    const { store, live } = this.#parts;
    const waiting = store.count({ status: ['QUEUED'] });
    return { waiting, running: live.running, oldestWaiting: store.oldestWaiting() };
  };

  waiting: JobQueue['waiting'] = async (limit) => {
    const byModel = new Map<string, Job[]>();
    for (const job of this.#parts.store.waiting(limit)) {
      const ofModel = byModel.get(job.request.model);
      if (ofModel) ofModel.push(job);
      else byModel.set(job.request.model, [job]);
    }
    return byModel;
  };

  /** In the table '' stands for every model. */
  pause: JobQueue['pause'] = async (model) => {
    const { db } = this.#parts;
    const add = () => db.run('INSERT OR IGNORE INTO paused (model) VALUES (?)', model ?? '');
    await db.write(() => db.transaction(add));
  };

  resume: JobQueue['resume'] = async (model) => {
    const { db, live } = this.#parts;
    const remove = () => db.run('DELETE FROM paused WHERE model = ?', model ?? '');
    await db.write(() => db.transaction(remove));
    live.wake();
  };

  paused: JobQueue['paused'] = async () => {
    const rows = this.#parts.db.all<{ model: string }>('SELECT model FROM paused ORDER BY model');
    const models = rows.map(({ model }) => model);
    return { all: models.includes(''), models: models.filter((model) => model !== '') };
  };

  /** Not waited for: if a power cut undoes it, it is done again. */
  expire: JobQueue['expire'] = (time, limit) => {
    const { db, store } = this.#parts;
    return db.change(() => store.expire(time, limit));
  };

  keepUpload: JobQueue['keepUpload'] = async (sha256, owner) => {
    const { db, store, now } = this.#parts;
    const bounds = { now: now(), limit: MAX_UPLOADS };
    const keep = () => store.objects.keepUpload(sha256, owner, bounds);
    if (!(await db.write(() => db.transaction(keep)))) throw tooManyUploads();
  };

  /** As `expire`. */
  expireUploads: JobQueue['expireUploads'] = (time, limit) => {
    const { db, store } = this.#parts;
    const expire = () => store.objects.expireUploads(time, limit);
    return db.change(() => db.transaction(expire, { isEnding: true }));
  };

  objectUses: JobQueue['objectUses'] = async (sha256s, owner) =>
    sha256s.map((sha256) => this.#parts.store.objects.use(sha256, owner));

  check: JobQueue['check'] = () => this.#parts.db.check();

  close: JobQueue['close'] = async () => {
    this.#parts.live.close();
    await this.#parts.db.close();
  };

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
