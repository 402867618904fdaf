import type Database from 'libsql';
import {
  type Img2ImgRequest,
  type Job,
  type JobError,
  type JobImage,
  type JobStage,
  type JobStatus,
  JOB_STATUSES,
} from './job.ts';
import type { JobListQuery } from './ports.ts';

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

type Row = Readonly<Record<(typeof NAMES)[number], string | number | null>>;

const COLUMNS = NAMES.join(', ');
const VALUES = NAMES.map((name) => `@${name}`).join(', ');

/** The statements on the `jobs` and `expired` tables; each is one short, durable transaction. */
export class JobTable {
  readonly #sql: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(sql: Database.Database) {
    this.#sql = sql;
  }

  insert(job: Job, idempotencyKey: string | null, sequence: number): void {
    this.#prepare(
      `INSERT INTO jobs (${COLUMNS}, idempotency_key, sequence) VALUES (${VALUES}, @idempotency_key, @sequence)`,
    ).run({ ...rowOf(job), idempotency_key: idempotencyKey, sequence });
  }

  /** Writes a job, provided that its status is still `from`; tells whether it was. */
  replace(from: JobStatus, job: Job, sequence: number): boolean {
    const { changes } = this.#prepare(
      `UPDATE jobs SET (${COLUMNS}, sequence) = (${VALUES}, @sequence) WHERE id = @id AND status = @from`,
    ).run({ ...rowOf(job), sequence, from });
    return changes === 1;
  }

  find(id: string): Job | undefined {
    return this.#jobs('WHERE id = ?', id)[0];
  }

  findMany(ids: readonly string[]): Job[] {
    return this.#jobs('WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
  }

  findByKey(idempotencyKey: string): Job | undefined {
    return this.#jobs('WHERE idempotency_key = ?', idempotencyKey)[0];
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

  /** Ids and priorities of the waiting jobs, in the order in which they will run. */
  waiting(): Pick<Job, 'id' | 'priority'>[] {
    return this.#prepare(
      "SELECT id, priority FROM jobs WHERE status = 'QUEUED' ORDER BY priority DESC, id",
    ).all() as Pick<Job, 'id' | 'priority'>[];
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

  /** Removes at most `limit` jobs that ended before `time`, remembers their ids and returns them. */
  expire(time: number, limit: number): string[] {
    return this.transaction(() => {
      const rows = this.#prepare(
        'SELECT id FROM jobs WHERE finished_at < ? ORDER BY finished_at LIMIT ?',
      ).all(time, limit) as { id: string }[];
      for (const { id } of rows) {
        this.#prepare('INSERT INTO expired (id) VALUES (?)').run(id);
        this.#prepare('DELETE FROM jobs WHERE id = ?').run(id);
      }
      this.#prepare('DELETE FROM expired WHERE number <= (SELECT max(number) FROM expired) - ?').run(
        TOMBSTONES,
      );
      return rows.map(({ id }) => id);
    });
  }

  isExpired(id: string): boolean {
    return this.#prepare('SELECT 1 FROM expired WHERE id = ?').get(id) !== undefined;
  }

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    return this.#sql.transaction(work)();
  }

  #jobs(where: string, ...values: (string | number)[]): Job[] {
    return (this.#prepare(`SELECT ${COLUMNS} FROM jobs ${where}`).all(...values) as Row[]).map(jobOf);
  }

  #prepare(text: string): Database.Statement {
    const known = this.#statements.get(text);
    if (known) return known;
    const statement = this.#sql.prepare(text);
    this.#statements.set(text, statement);
    return statement;
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
