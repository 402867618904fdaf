import { type Job, JOB_STATUSES, jobOf, recordOf } from '../job.ts';
import { LONGEST_BACKOFF, soleHash, withoutImage } from '../lifecycle.ts';
import type { Expired, JobAbsence, JobFilter, JobListQuery } from '../queue.ts';
import type { JobDatabase } from './database.ts';
import { FairOrder } from './fair-order.ts';
import { ObjectUses } from './object-uses.ts';

/** Ids of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

/** Waiting jobs read at a time in the search for one to start. */
const CHUNK = 20;

/** A record and its revision, which the next change must name. */
export interface StoredJob {
  readonly job: Job;
  readonly revision: number;
}

interface Row {
  readonly id: string;
  readonly revision: number;
  readonly record: string;
}

/** The records on the job database; each method is one short transaction. */
export class JobStore {
  readonly objects: ObjectUses;
  readonly #db: JobDatabase;
  readonly #order: FairOrder;

  constructor(db: JobDatabase) {
    this.#db = db;
    this.objects = new ObjectUses(db);
    this.#order = new FairOrder(db);
  }

  /** Adds a waiting job behind those of its owner and priority. */
  insert(job: Job, idempotencyKey: string | null): StoredJob {
    const { id, owner, request, createdAt, tags = [] } = job;
    this.#db.transaction(() => {
      this.#db.run(
        `INSERT INTO jobs (id, owner, idempotency_key, model, created_at, prompts, tags,
           revision, status, priority, tag, not_before, finished_at, images, record)
         VALUES (@id, @owner, @idempotencyKey, @model, @createdAt, @prompts, @tags,
           1, @status, @priority, @tag, @notBefore, @finishedAt, @images, @record)`,
        {
          ...{ id, owner, idempotencyKey, model: request.model, createdAt, tags: JSON.stringify(tags) },
          prompts: `${request.prompt}\n${request.negativePrompt}`,
          tag: this.#order.nextTag(job),
          ...changingColumns(job),
        },
      );
      this.objects.note(job);
    });
    return { job, revision: 1 };
  }

  /** Writes what a job has become, provided that it is still at `revision`; undefined if it is not. */
  change({ job, revision }: StoredJob, next: Job): StoredJob | undefined {
    const isEnding = next.finishedAt !== null;
    return this.#db.transaction(
      () => {
        const tag = next.priority === job.priority ? null : this.#order.nextTag(next);
        const changed = this.#db.run(
          `UPDATE jobs SET revision = revision + 1, status = @status, priority = @priority, tag = coalesce(@tag, tag),
             not_before = @notBefore, finished_at = @finishedAt, images = @images, record = @record
           WHERE id = @id AND revision = @revision`,
          { id: next.id, revision, tag, ...changingColumns(next) },
        );
        if (changed === 0) return undefined;
        if (next.status === 'RUNNING') this.#order.noteServed(next);
        if (job.status === 'QUEUED' && next.status === 'CANCELED') this.#order.moveUp(next);
        if (next.images.length > 0) this.objects.note(next);
        return { job: next, revision: revision + 1 };
      },
      { isEnding },
    );
  }

  find(id: string): StoredJob | JobAbsence {
    return this.findMany([id])[0]!;
  }

  /** In the order of `ids`. */
  findMany(ids: readonly string[]): (StoredJob | JobAbsence)[] {
    const rows = this.#rows('WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
    const found = new Map(rows.map((row) => [row.id, read(row) ?? ('unreadable' as const)]));
    return ids.map((id) => found.get(id) ?? (this.#isExpired(id) ? 'expired' : 'unknown'));
  }

  findByKey(owner: string, idempotencyKey: string): StoredJob | undefined {
    return this.#readable('WHERE owner = ? AND idempotency_key = ?', owner, idempotencyKey)[0];
  }

  /** Newest first; `unreadable` holds the ids of rows that are no jobs. One indexed query for each status. */
  page({ status = JOB_STATUSES, limit, olderThan = '~', newerThan = '', from, ...filter }: JobListQuery): {
    jobs: StoredJob[];
    unreadable: string[];
  } {
    const order = from === 'newest' ? 'DESC' : 'ASC';
    const { text, values } = conditionOf(filter);
    const rows = [...new Set(status)].flatMap((one) =>
      this.#rows(
        `WHERE status = ? AND id < ? AND id > ? AND ${text} ORDER BY id ${order} LIMIT ?`,
        ...[one, olderThan, newerThan, ...values, limit],
      ),
    );
    rows.sort((a, b) => (a.id > b.id ? -1 : 1));
    const page = from === 'newest' ? rows.slice(0, limit) : rows.slice(Math.max(0, rows.length - limit));
    return {
      jobs: page.flatMap((row) => read(row) ?? []),
      unreadable: page.filter((row) => !read(row)).map(({ id }) => id),
    };
  }

  /** The jobs that a filter is about. */
  count(filter: JobFilter): number {
    return this.#total('count(*)', filter);
  }

  /** Their images. */
  countImages(filter: JobFilter): number {
    return this.#total('coalesce(sum(images), 0)', filter);
  }

  /** When the oldest waiting job was accepted, milliseconds since the epoch; null if none waits. */
  oldestWaiting(): number | null {
    const text = "SELECT created_at AS at FROM jobs WHERE status = 'QUEUED' ORDER BY id LIMIT 1";
    return this.#db.all<{ at: number }>(text)[0]?.at ?? null;
  }

  /** Writes a job that has lost the image with an index; returns the objects that nothing refers to any more. */
  removeImage(stored: StoredJob, index: number): string[] {
    return this.#db.transaction(
      () => {
        const object = soleHash(stored.job, index);
        this.change(stored, withoutImage(stored.job, index));
        return object === undefined ? [] : this.objects.release(stored.job.id, object);
      },
      { isEnding: true },
    );
  }

  /** The jobs that may start at `now`, the most urgent first, read a few at a time. */
  *runnable(now: number): Generator<StoredJob> {
    for (let offset = 0; ; offset += CHUNK) {
      const rows = this.#rows(
        `WHERE status = 'QUEUED' AND NOT coalesce(not_before BETWEEN ? + 1 AND ? + ${LONGEST_BACKOFF}, FALSE)
           AND NOT EXISTS (SELECT 1 FROM paused WHERE paused.model IN ('', jobs.model))
         ORDER BY priority DESC, tag, id LIMIT ? OFFSET ?`,
        ...[now, now, CHUNK, offset], // see waitOf
      );
      yield* rows.flatMap((row) => read(row) ?? []);
      if (rows.length < CHUNK) return;
    }
  }

  /** When the next of the jobs that wait for their time may start; undefined if none does. */
  nextStart(now: number): number | undefined {
    const text = "SELECT min(not_before) AS at FROM jobs WHERE status = 'QUEUED' AND not_before > ?";
    return this.#db.all<{ at: number | null }>(text, now)[0]!.at ?? undefined;
  }

  withStatus(status: Job['status']): StoredJob[] {
    return this.#readable('WHERE status = ? ORDER BY id', status);
  }

  /** Jobs ahead of each waiting job (0 = next); others are left out. */
  positions(ids: readonly string[]): Map<string, number> {
    if (ids.length === 0) return new Map();
    const rows = this.#db.all<{ id: string; position: number }>(
      `SELECT id, place - 1 AS position FROM (
         SELECT id, row_number() OVER (ORDER BY priority DESC, tag, id) AS place FROM jobs WHERE status = 'QUEUED')
       WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );
    return new Map(rows.map(({ id, position }) => [id, position]));
  }

  /** The waiting jobs in the order they will run, at most `limit` of a model. */
  waiting(limit: number): Job[] {
    const stored = this.#readable(
      `JOIN (SELECT id AS waiting, row_number() OVER (PARTITION BY model ORDER BY priority DESC, tag, id) AS place
             FROM jobs WHERE status = 'QUEUED') ON waiting = id
       WHERE place <= ? ORDER BY priority DESC, tag, id`,
      limit,
    );
    return stored.map(({ job }) => job);
  }

  /** The greatest id ever given; undefined at the very first start. */
  lastId(): string | undefined {
    const text =
      'SELECT max(id) AS id FROM (SELECT max(id) AS id FROM jobs UNION ALL SELECT max(id) FROM expired)';
    return this.#db.all<{ id: string | null }>(text)[0]!.id ?? undefined;
  }

  /** Raises the revision of the waiting jobs: an earlier process may have sent events that it did not write. */
  skipUnwrittenEvents(): void {
    this.#db.transaction(() =>
      this.#db.run("UPDATE jobs SET revision = revision + 1 WHERE status = 'QUEUED'"),
    );
  }

  /** Removes at most `limit` jobs that ended before `time`, and remembers their ids and what they alone referred to. */
  expire(time: number, limit: number): Expired {
    const rows = this.#db.all<{ id: string }>(
      'SELECT id FROM jobs WHERE finished_at < ? ORDER BY finished_at, id LIMIT ?',
      ...[time, limit],
    );
    const jobs = rows.map(({ id }) => id);
    if (jobs.length === 0) return { jobs, objects: [] };
    return { jobs, objects: this.remove(jobs) };
  }

  /** Removes jobs; returns the hashes of the objects that no other refers to. */
  remove(ids: readonly string[]): string[] {
    return this.#db.transaction(
      () => {
        const objects = ids.flatMap((id) => {
          this.#db.run(
            'INSERT OR IGNORE INTO expired (id, owner) VALUES (@id, (SELECT owner FROM jobs WHERE id = @id))',
            { id },
          );
          this.#db.run('DELETE FROM jobs WHERE id = ?', id);
          return this.objects.release(id);
        });
        this.#db.run('DELETE FROM expired WHERE number <= (SELECT max(number) FROM expired) - ?', TOMBSTONES);
        this.objects.prune();
        return objects;
      },
      { isEnding: true },
    );
  }

  /** Of a job that is kept or expired; undefined if it is not known. */
  ownerOf(id: string): string | undefined {
    const text = 'SELECT owner FROM jobs WHERE id = @id UNION ALL SELECT owner FROM expired WHERE id = @id';
    return this.#db.all<{ owner: string | null }>(text, { id })[0]?.owner ?? undefined;
  }

  #total(what: string, { status = JOB_STATUSES, ...filter }: JobFilter): number {
    const { text, values } = conditionOf(filter);
    const [row] = this.#db.all<{ n: number }>(
      `SELECT ${what} AS n FROM jobs WHERE status IN (SELECT value FROM json_each(?)) AND ${text}`,
      ...[JSON.stringify(status), ...values],
    );
    return row!.n;
  }

  #isExpired(id: string): boolean {
    return this.#db.all('SELECT 1 FROM expired WHERE id = ?', id).length > 0;
  }

  #rows(which: string, ...values: (string | number)[]): Row[] {
    return this.#db.all<Row>(`SELECT id, revision, record FROM jobs ${which}`, ...values);
  }

  #readable(which: string, ...values: (string | number)[]): StoredJob[] {
    return this.#rows(which, ...values).flatMap((row) => read(row) ?? []);
  }
}

/** The columns that change with a job. */
const changingColumns = (job: Job) => ({
  status: job.status,
  priority: job.priority,
  notBefore: job.notBefore,
  finishedAt: job.finishedAt,
  images: job.images.length,
  record: recordOf(job),
});

/** The job of a row; undefined if this version cannot read it, or if it is another row's. */
function read({ id, revision, record }: Row): StoredJob | undefined {
  const job = jobOf(record);
  return job?.id === id ? { job, revision } : undefined;
}

/** What a filter asks of the columns of `jobs`, besides the status. */
function conditionOf(filter: Omit<JobFilter, 'status'>): {
  readonly text: string;
  readonly values: readonly (string | number)[];
} {
  const { owner, model, text, tags = [], createdFrom, createdBefore } = filter;
  const all: [string, string | number | undefined][] = [
    ['owner = ?', owner],
    ['model = ?', model],
    ["prompts LIKE ? ESCAPE '\\'", text === undefined ? undefined : `%${text.replace(/[\\%_]/g, '\\$&')}%`],
    ...tags.map((tag): [string, string] => ['EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', tag]),
    ['created_at >= ?', createdFrom],
    ['created_at < ?', createdBefore],
  ];
  const asked = all.filter((one): one is [string, string | number] => one[1] !== undefined);
  return {
    text: ['TRUE', ...asked.map(([condition]) => condition)].join(' AND '),
    values: asked.map(([, value]) => value),
  };
}
