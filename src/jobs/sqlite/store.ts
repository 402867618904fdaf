import { type Job, JOB_STATUSES } from '../job.ts';
import { LONGEST_BACKOFF, soleHash, withoutImage } from '../lifecycle.ts';
import type {
  Expired,
  ExpiredUploads,
  JobFilter,
  JobListQuery,
  ObjectUse,
  Paused,
  WaitingJob,
} from '../queue.ts';
import type { JobDatabase } from './database.ts';
import { FairOrder } from './fair-order.ts';
import { ObjectUses } from './object-uses.ts';
import { conditionsOf, type Lookup, read, recordOf, type Row, type StoredJob } from './rows.ts';

/** Ids of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

/** The statements on the job database; each method is one short, durable transaction. */
export class JobStore {
  readonly #db: JobDatabase;
  readonly #objects: ObjectUses;
  readonly #order: FairOrder;

  constructor(db: JobDatabase) {
    this.#db = db;
    this.#objects = new ObjectUses(db);
    this.#order = new FairOrder(db);
  }

  /** Adds a waiting job behind those of its owner and priority. */
  insert(job: Job, idempotencyKey: string | null): StoredJob {
    this.#db.transaction(() => {
      const tag = this.#order.nextTag(job);
      this.#db
        .prepare(
          `INSERT INTO jobs (id, revision, status, owner, idempotency_key, model, priority, tag, created_at, prompts, tags, record)
           VALUES (@id, 1, @status, @owner, @key, @model, @priority, @tag, @createdAt, @prompts, @tags, @record)`,
        )
        .run({
          id: job.id,
          status: job.status,
          owner: job.owner,
          key: idempotencyKey,
          model: job.request.model,
          priority: job.priority,
          tag,
          createdAt: job.createdAt,
          prompts: `${job.request.prompt}\n${job.request.negativePrompt}`,
          tags: JSON.stringify(job.tags ?? []),
          record: recordOf(job),
        });
      this.#objects.note(job);
    });
    return { job, revision: 1 };
  }

  /** Writes what a job has become, provided that it is still at `revision`; undefined if it is not. */
  change({ job, revision }: StoredJob, next: Job): StoredJob | undefined {
    const isEnding = next.finishedAt !== null;
    return this.#db.transaction(
      () => {
        const tag = next.priority === job.priority ? null : this.#order.nextTag(next);
        const { changes } = this.#db
          .prepare(
            `UPDATE jobs SET revision = revision + 1, status = @status, priority = @priority, tag = coalesce(@tag, tag),
               not_before = @notBefore, finished_at = @finishedAt, images = @images, record = @record
             WHERE id = @id AND revision = @revision`,
          )
          .run({
            id: next.id,
            revision,
            status: next.status,
            priority: next.priority,
            tag,
            notBefore: next.notBefore,
            finishedAt: next.finishedAt,
            images: next.images.length,
            record: recordOf(next),
          });
        if (changes === 0) return undefined;
        if (next.status === 'RUNNING') this.#order.noteServed(next);
        if (job.status === 'QUEUED' && next.status === 'CANCELED') this.#order.moveUp(next);
        if (next.images.length > 0) this.#objects.note(next);
        return { job: next, revision: revision + 1 };
      },
      { isEnding },
    );
  }

  find(id: string): Lookup {
    const row = this.#db.prepare('SELECT id, revision, record FROM jobs WHERE id = ?').get(id) as
      Row | undefined;
    return row ? (read(row) ?? 'unreadable') : 'missing';
  }

  /** By id; a job that is missing is left out. */
  findMany(ids: readonly string[]): Map<string, StoredJob | 'unreadable'> {
    const rows = this.#rows('WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
    return new Map(rows.map((row) => [row.id, read(row) ?? 'unreadable']));
  }

  findByKey(owner: string, idempotencyKey: string): StoredJob | undefined {
    const [row] = this.#rows('WHERE owner = ? AND idempotency_key = ?', owner, idempotencyKey);
    return row && read(row);
  }

  /** Newest first; `unreadable` holds the ids of rows that are no jobs. One indexed query for each status. */
  page({ status = JOB_STATUSES, limit, olderThan = '~', newerThan = '', from, ...filter }: JobListQuery): {
    jobs: StoredJob[];
    unreadable: string[];
  } {
    const order = from === 'newest' ? 'DESC' : 'ASC';
    const { where, values } = conditionsOf(filter);
    const rows = [...new Set(status)].flatMap((one) =>
      this.#rows(
        `WHERE status = ? AND id < ? AND id > ? ${where} ORDER BY id ${order} LIMIT ?`,
        ...[one, olderThan, newerThan, ...values, limit],
      ),
    );
    rows.sort((a, b) => (a.id > b.id ? -1 : 1));
    const page = from === 'newest' ? rows.slice(0, limit) : rows.slice(Math.max(0, rows.length - limit));
    const jobs = page.flatMap((row) => read(row) ?? []);
    const readable = new Set(jobs.map(({ job }) => job.id));
    return { jobs, unreadable: page.map(({ id }) => id).filter((id) => !readable.has(id)) };
  }

  count({ status = JOB_STATUSES, ...filter }: JobFilter): number {
    const { where, values } = conditionsOf(filter);
    const text = `SELECT count(*) AS n FROM jobs WHERE status IN (SELECT value FROM json_each(?)) ${where}`;
    return (this.#db.prepare(text).get(JSON.stringify(status), ...values) as { n: number }).n;
  }

  /** Images of the jobs that a filter is about. */
  countImages({ status = JOB_STATUSES, ...filter }: JobFilter): number {
    const { where, values } = conditionsOf(filter);
    const text = `SELECT coalesce(sum(images), 0) AS n FROM jobs
      WHERE status IN (SELECT value FROM json_each(?)) ${where}`;
    return (this.#db.prepare(text).get(JSON.stringify(status), ...values) as { n: number }).n;
  }

  /** Writes a job that has lost the image with an index; returns the objects that nothing refers to any more. */
  removeImage(stored: StoredJob, index: number): string[] {
    return this.#db.transaction(
      () => {
        const object = soleHash(stored.job, index);
        this.change(stored, withoutImage(stored.job, index));
        return object === undefined ? [] : this.#objects.releaseObject(stored.job.id, object);
      },
      { isEnding: true },
    );
  }

  /** See JobQueue; false where the owner has `limit` others already. */
  keepUpload(sha256: string, owner: string, bounds: { now: number; limit: number }): boolean {
    return this.#db.transaction(() => this.#objects.keepUpload(sha256, owner, bounds));
  }

  /** See JobQueue. */
  expireUploads(time: number, limit: number): ExpiredUploads {
    const expire = () => this.#objects.expireUploads(time, limit);
    return this.#db.transaction(expire, { isEnding: true, isRepeatable: true });
  }

  /** The acceptance of the oldest waiting job, milliseconds since the epoch. */
  oldestWaiting(): number | null {
    const text = "SELECT created_at AS at FROM jobs WHERE status = 'QUEUED' ORDER BY id LIMIT 1";
    return (this.#db.prepare(text).get() as { at: number } | undefined)?.at ?? null;
  }

  /** The jobs that may start at `now`, the most urgent first, read a few at a time. */
  *runnable(now: number): Generator<StoredJob> {
    const chunk = 20;
    for (let offset = 0; ; offset += chunk) {
      const rows = this.#rows(
        `WHERE status = 'QUEUED' AND NOT coalesce(not_before BETWEEN ? + 1 AND ? + ${LONGEST_BACKOFF}, FALSE)
           AND NOT EXISTS (SELECT 1 FROM paused WHERE paused.model IN ('', jobs.model))
         ORDER BY priority DESC, tag, id LIMIT ? OFFSET ?`,
        ...[now, now, chunk, offset], // see waitOf
      );
      for (const row of rows) {
        const stored = read(row);
        if (stored) yield stored;
      }
      if (rows.length < chunk) return;
    }
  }

  /** When the next of the jobs that wait for their time may start; undefined if none does. */
  nextStart(now: number): number | undefined {
    const text = "SELECT min(not_before) AS at FROM jobs WHERE status = 'QUEUED' AND not_before > ?";
    return (this.#db.prepare(text).get(now) as { at: number | null }).at ?? undefined;
  }

  withStatus(status: Job['status']): StoredJob[] {
    return this.#rows('WHERE status = ? ORDER BY id', status).flatMap((row) => read(row) ?? []);
  }

  /** Jobs ahead of each waiting job (0 = next); others are left out. */
  positions(ids: readonly string[]): Map<string, number> {
    if (ids.length === 0) return new Map();
    const rows = this.#db
      .prepare(
        `SELECT id, place - 1 AS position FROM (
           SELECT id, row_number() OVER (ORDER BY priority DESC, tag, id) AS place FROM jobs WHERE status = 'QUEUED')
         WHERE id IN (SELECT value FROM json_each(?))`,
      )
      .all(JSON.stringify(ids)) as { id: string; position: number }[];
    return new Map(rows.map(({ id, position }) => [id, position]));
  }

  /** The waiting jobs of each model in the order they will run, at most `limit` of a model. */
  waiting(limit: number): Map<string, WaitingJob[]> {
    const rows = this.#db
      .prepare(
        `SELECT id, revision, record FROM (
           SELECT *, row_number() OVER (PARTITION BY model ORDER BY priority DESC, tag, id) AS place
           FROM jobs WHERE status = 'QUEUED')
         WHERE place <= ? ORDER BY priority DESC, tag, id`,
      )
      .all(limit) as Row[];
    const found = new Map<string, WaitingJob[]>();
    for (const { job } of rows.flatMap((row) => read(row) ?? [])) {
      const { id, priority, request } = job;
      const ofModel = found.get(request.model) ?? [];
      ofModel.push({ id, priority, request });
      found.set(request.model, ofModel);
    }
    return found;
  }

  /** '' stands for every model. */
  setPaused(model: string, isPaused: boolean): void {
    const text = isPaused
      ? 'INSERT OR IGNORE INTO paused (model) VALUES (?)'
      : 'DELETE FROM paused WHERE model = ?';
    this.#db.transaction(() => this.#db.prepare(text).run(model));
  }

  paused(): Paused {
    const rows = this.#db.prepare('SELECT model FROM paused ORDER BY model').all() as { model: string }[];
    const models = rows.map(({ model }) => model);
    return { all: models.includes(''), models: models.filter((model) => model !== '') };
  }

  /** The greatest id ever given; undefined at the very first start. */
  lastId(): string | undefined {
    const text =
      'SELECT max(id) AS id FROM (SELECT max(id) AS id FROM jobs UNION ALL SELECT max(id) FROM expired)';
    return (this.#db.prepare(text).get() as { id: string | null }).id ?? undefined;
  }

  /** Raises the revision of the waiting jobs: an earlier process may have sent events that it did not write. */
  skipUnwrittenEvents(): void {
    this.#db.transaction(() =>
      this.#db.prepare("UPDATE jobs SET revision = revision + 1 WHERE status = 'QUEUED'").run(),
    );
  }

  /** Removes at most `limit` jobs that ended before `time`, and remembers their ids and what they alone referred to. */
  expire(time: number, limit: number): Expired {
    const rows = this.#db
      .prepare('SELECT id FROM jobs WHERE finished_at < ? ORDER BY finished_at, id LIMIT ?')
      .all(time, limit) as { id: string }[];
    const jobs = rows.map(({ id }) => id);
    if (jobs.length === 0) return { jobs, objects: [] };
    const remove = () => this.remove(jobs);
    return { jobs, objects: this.#db.transaction(remove, { isEnding: true, isRepeatable: true }) };
  }

  /** Removes jobs; returns the hashes of the objects that no other refers to. */
  remove(ids: readonly string[]): string[] {
    return this.#db.transaction(
      () => {
        const objects: string[] = [];
        for (const id of ids) {
          this.#db
            .prepare(
              'INSERT OR IGNORE INTO expired (id, owner) VALUES (@id, (SELECT owner FROM jobs WHERE id = @id))',
            )
            .run({ id });
          this.#db.prepare('DELETE FROM jobs WHERE id = ?').run(id);
          objects.push(...this.#objects.release(id));
        }
        this.#db
          .prepare('DELETE FROM expired WHERE number <= (SELECT max(number) FROM expired) - ?')
          .run(TOMBSTONES);
        this.#objects.prune();
        return objects;
      },
      { isEnding: true },
    );
  }

  isExpired(id: string): boolean {
    return this.#db.prepare('SELECT 1 FROM expired WHERE id = ?').get(id) !== undefined;
  }

  /** Of a job that is kept or expired; undefined if it is not known. */
  ownerOf(id: string): string | undefined {
    const text = 'SELECT owner FROM jobs WHERE id = @id UNION ALL SELECT owner FROM expired WHERE id = @id';
    return (this.#db.prepare(text).get({ id }) as { owner: string | null } | undefined)?.owner ?? undefined;
  }

  objectUse(sha256: string, owner?: string): ObjectUse {
    return this.#objects.use(sha256, owner);
  }

  #rows(where: string, ...values: (string | number)[]): Row[] {
    return this.#db.prepare(`SELECT id, revision, record FROM jobs ${where}`).all(...values) as Row[];
  }
}
