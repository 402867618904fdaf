import { ObjectTable } from './embedded-objects.ts';
import type { Statements } from './embedded-statements.ts';
import {
  type Img2ImgRequest,
  type Job,
  type JobError,
  type JobImage,
  type JobStage,
  type JobStatus,
  JOB_STATUSES,
} from './job.ts';
import type { Expired, JobListQuery, NewJob, ObjectUse } from './ports.ts';
import type { Place } from './waiting-line.ts';

/** Room left in the numbering of a job's events for those that a process sent and did not write down before it died. */
const UNWRITTEN_EVENTS = 1_000_000;

/** Ids of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

/** The columns of a job as its readers see it. */
const NAMES = [
  'id',
  'status',
  'stage',
  'step',
  'total_steps',
  'request',
  'images',
  'error',
  'warnings',
  'priority',
  'attempts',
  'created_at',
  'started_at',
  'finished_at',
  'timings',
] as const;

/** What a job can be found by, besides its id. */
export type JobKey = Pick<NewJob, 'owner' | 'idempotencyKey'>;

type Row = Readonly<Record<(typeof NAMES)[number], string | number | null>>;

const COLUMNS = NAMES.join(', ');
const VALUES = NAMES.map((name) => `@${name}`).join(', ');

/** The statements on the `jobs` and `expired` tables; each is one short, durable transaction. */
export class JobTable {
  readonly #statements: Statements;
  readonly #objects: ObjectTable;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#objects = new ObjectTable(statements);
  }

  insert(job: Job, { owner, idempotencyKey }: JobKey, sequence: number): void {
    this.transaction(() => {
      this.#prepare(
        `INSERT INTO jobs (${COLUMNS}, owner, idempotency_key, sequence)
         VALUES (${VALUES}, @owner, @idempotency_key, @sequence)`,
      ).run({ ...rowOf(job), owner, idempotency_key: idempotencyKey, sequence });
      this.#objects.add(job);
    });
  }

  /** Writes a job, provided that its status is still `from`; tells whether it was. */
  replace(from: JobStatus, job: Job, sequence: number): boolean {
    return this.transaction(() => {
      const { changes } = this.#prepare(
        `UPDATE jobs SET (${COLUMNS}, sequence) = (${VALUES}, @sequence) WHERE id = @id AND status = @from`,
      ).run({ ...rowOf(job), sequence, from });
      if (changes === 1 && job.images.length > 0) this.#objects.add(job);
      return changes === 1;
    });
  }

  find(id: string): Job | undefined {
    return this.#jobs('WHERE id = ?', id)[0];
  }

  findMany(ids: readonly string[]): Job[] {
    return this.#jobs('WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
  }

  findByKey({ owner, idempotencyKey }: JobKey): Job | undefined {
    if (idempotencyKey === null) return undefined;
    return this.#jobs('WHERE owner = ? AND idempotency_key = ?', owner, idempotencyKey)[0];
  }

  /** Whose job it is; '' for a job that is not there. */
  owner(id: string): string {
    const row = this.#prepare('SELECT owner FROM jobs WHERE id = ?').get(id) as { owner: string } | undefined;
    return row?.owner ?? '';
  }

  /** In the order of their ids. */
  withStatus(status: JobStatus): Job[] {
    return this.#jobs('WHERE status = ? ORDER BY id', status);
  }

  /** Newest first. One indexed query per status: a rare status is not searched for among a million others. */
  page({ status = JOB_STATUSES, limit, olderThan = '~', newerThan = '', from }: JobListQuery): Job[] {
    const order = from === 'newest' ? 'DESC' : 'ASC';
    const found = [...new Set(status)].flatMap((one) =>
      this.#jobs(
        `WHERE status = ? AND id < ? AND id > ? ORDER BY id ${order} LIMIT ?`,
        one,
        olderThan,
        newerThan,
        limit,
      ),
    );
    found.sort((a, b) => (a.id > b.id ? -1 : 1));
    return from === 'newest' ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit));
  }

  /** The waiting jobs in order of arrival, one at a time: there may be very many. */
  *waiting(): Generator<Place & Pick<Job, 'request'>> {
    const rows = this.#prepare(
      "SELECT id, priority, owner, request FROM jobs WHERE status = 'QUEUED' ORDER BY id",
    ).iterate() as Iterable<Place & { request: string }>;
    for (const row of rows) yield { ...row, request: JSON.parse(row.request) as Img2ImgRequest };
  }

  /** The greatest id ever given; undefined at the very first start. */
  lastId(): string | undefined {
    const row = this.#prepare(
      'SELECT max(id) AS id FROM (SELECT max(id) AS id FROM jobs UNION ALL SELECT max(id) FROM expired)',
    ).get() as { id: string | null };
    return row.id ?? undefined;
  }

  /** The number of the last event of a job that was written; 0 for a job that is not there. */
  sequence(id: string): number {
    const row = this.#prepare('SELECT sequence FROM jobs WHERE id = ?').get(id) as
      { sequence: number } | undefined;
    return row?.sequence ?? 0;
  }

  /** Moves the numbering of unfinished jobs past every event that an earlier process may have sent. */
  skipUnwrittenEvents(): void {
    this.#prepare("UPDATE jobs SET sequence = sequence + ? WHERE status IN ('QUEUED', 'RUNNING')").run(
      UNWRITTEN_EVENTS,
    );
  }

  /** Removes at most `limit` jobs that ended before `time`, and remembers their ids and what they alone referred to. */
  expire(time: number, limit: number): Expired {
    return this.transaction(() => {
      const rows = this.#prepare(
        'SELECT id FROM jobs WHERE finished_at < ? ORDER BY finished_at, id LIMIT ?',
      ).all(time, limit) as { id: string }[];
      const jobs = rows.map(({ id }) => id);
      const objects: string[] = [];
      for (const id of jobs) {
        this.#prepare('INSERT INTO expired (id) VALUES (?)').run(id);
        this.#prepare('DELETE FROM jobs WHERE id = ?').run(id);
        objects.push(...this.#objects.release(id));
      }
      this.#prepare('DELETE FROM expired WHERE number <= (SELECT max(number) FROM expired) - ?').run(
        TOMBSTONES,
      );
      this.#objects.limitTombstones();
      return { jobs, objects };
    });
  }

  /** What an object of the store is to the jobs. */
  objectUse(sha256: string): ObjectUse {
    return this.#objects.use(sha256);
  }

  isExpired(id: string): boolean {
    return this.#prepare('SELECT 1 FROM expired WHERE id = ?').get(id) !== undefined;
  }

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    return this.#statements.transaction(work);
  }

  #jobs(where: string, ...values: (string | number)[]): Job[] {
    return (this.#prepare(`SELECT ${COLUMNS} FROM jobs ${where}`).all(...values) as Row[]).map(jobOf);
  }

  #prepare(text: string): ReturnType<Statements['prepare']> {
    return this.#statements.prepare(text);
  }
}

function rowOf(job: Job): Row {
  return {
    id: job.id,
    status: job.status,
    stage: job.stage,
    step: job.step,
    total_steps: job.totalSteps,
    request: JSON.stringify(job.request),
    images: JSON.stringify(job.images),
    error: job.error && JSON.stringify(job.error),
    warnings: JSON.stringify(job.warnings),
    priority: job.priority,
    attempts: job.attempts,
    created_at: job.createdAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    timings: JSON.stringify(job.timings),
  };
}

function jobOf(row: Row): Job {
  const json = (column: keyof Row): unknown => JSON.parse(row[column] as string);
  return {
    id: row.id as string,
    status: row.status as JobStatus,
    stage: row.stage as JobStage,
    step: row.step as number,
    totalSteps: row.total_steps as number,
    request: json('request') as Img2ImgRequest,
    images: json('images') as JobImage[],
    error: row.error === null ? null : (json('error') as JobError),
    warnings: json('warnings') as string[],
    priority: row.priority as number,
    queuePosition: null,
    etaSeconds: null,
    attempts: row.attempts as number,
    createdAt: row.created_at as number,
    startedAt: row.started_at as number | null,
    finishedAt: row.finished_at as number | null,
    timings: json('timings') as Job['timings'],
  };
}
