import type { Statements } from './embedded-statements.ts';
import type { Job } from './job.ts';
import type { ObjectUse } from './ports.ts';

/** Hashes of objects of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

/** The statements on the `uses` and `expired_objects` tables: which objects of the store the jobs refer to. */
export class ObjectTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Notes the objects that a job refers to; may be repeated. */
  add({ id, request, images }: Job): void {
    const hashes = images.map(({ sha256 }) => sha256);
    if (request.source) hashes.push(request.source.sha256);
    for (const sha256 of hashes) {
      this.#statements.prepare('INSERT OR IGNORE INTO uses (sha256, job) VALUES (?, ?)').run(sha256, id);
    }
  }

  /** Takes away the notes of a job that is forgotten; returns the objects that no other refers to. */
  release(jobId: string): string[] {
    const rows = this.#statements.prepare('DELETE FROM uses WHERE job = ? RETURNING sha256').all(jobId);
    const free = (rows as { sha256: string }[])
      .map(({ sha256 }) => sha256)
      .filter((sha256) => !this.#isUsed(sha256));
    for (const sha256 of free) {
      this.#statements.prepare('INSERT OR REPLACE INTO expired_objects (sha256) VALUES (?)').run(sha256);
    }
    return free;
  }

  /** Forgets the oldest of the expired objects. */
  limitTombstones(): void {
    this.#statements
      .prepare('DELETE FROM expired_objects WHERE number <= (SELECT max(number) FROM expired_objects) - ?')
      .run(TOMBSTONES);
  }

  use(sha256: string): ObjectUse {
    if (this.#isUsed(sha256)) return 'used';
    const expired = this.#statements.prepare('SELECT 1 FROM expired_objects WHERE sha256 = ?').get(sha256);
    return expired === undefined ? 'unknown' : 'expired';
  }

  #isUsed(sha256: string): boolean {
    return this.#statements.prepare('SELECT 1 FROM uses WHERE sha256 = ? LIMIT 1').get(sha256) !== undefined;
  }
}
