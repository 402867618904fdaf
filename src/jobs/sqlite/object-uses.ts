import type { Job } from '../job.ts';
import type { ObjectUse } from '../queue.ts';
import type { JobDatabase } from './database.ts';

/** Hashes of objects of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

/** Which objects of the store the jobs refer to. Each method is part of the caller's transaction. */
export class ObjectUses {
  readonly #db: JobDatabase;

  constructor(db: JobDatabase) {
    this.#db = db;
  }

  /** Notes the objects that a job refers to; may be repeated. */
  note({ id, request, images }: Job): void {
    const hashes = images.map(({ sha256 }) => sha256);
    if (request.source) hashes.push(request.source.sha256);
    for (const sha256 of hashes) {
      this.#db.prepare('INSERT OR IGNORE INTO uses (sha256, job) VALUES (?, ?)').run(sha256, id);
    }
  }

  /** Removes the notes of a job that is forgotten; returns the objects that no other refers to. */
  release(jobId: string): string[] {
    const rows = this.#db.prepare('DELETE FROM uses WHERE job = ? RETURNING sha256').all(jobId);
    const free = (rows as { sha256: string }[])
      .map(({ sha256 }) => sha256)
      .filter((sha256) => !this.#isUsed(sha256));
    for (const sha256 of free) {
      this.#db.prepare('INSERT OR REPLACE INTO expired_objects (sha256) VALUES (?)').run(sha256);
    }
    return free;
  }

  /** Forgets what expired longest ago. */
  prune(): void {
    this.#db
      .prepare('DELETE FROM expired_objects WHERE number <= (SELECT max(number) FROM expired_objects) - ?')
      .run(TOMBSTONES);
  }

  use(sha256: string): ObjectUse {
    if (this.#isUsed(sha256)) return 'used';
    const expired = this.#db.prepare('SELECT 1 FROM expired_objects WHERE sha256 = ?').get(sha256);
    return expired === undefined ? 'unknown' : 'expired';
  }

  #isUsed(sha256: string): boolean {
    return this.#db.prepare('SELECT 1 FROM uses WHERE sha256 = ? LIMIT 1').get(sha256) !== undefined;
  }
}
