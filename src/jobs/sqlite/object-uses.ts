import { givenObjects, type Job } from '../job.ts';
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
  note({ id, owner, request, images }: Job): void {
    const add = this.#db.prepare('INSERT OR IGNORE INTO uses (sha256, job, source_of) VALUES (?, ?, ?)');
    for (const sha256 of givenObjects(request)) add.run(sha256, id, owner);
    for (const { sha256 } of images) add.run(sha256, id, null);
  }

  /** Removes the notes of a job that is forgotten; returns the objects that no other refers to. */
  release(jobId: string): string[] {
    const rows = this.#db
      .prepare('DELETE FROM uses WHERE job = ? RETURNING sha256, source_of AS sourceOf')
      .all(jobId);
    const free = (rows as { sha256: string; sourceOf: string | null }[]).filter(
      ({ sha256 }) => !this.#has('uses', sha256),
    );
    for (const { sha256, sourceOf } of free) {
      this.#db
        .prepare('INSERT OR REPLACE INTO expired_objects (sha256, source_of) VALUES (?, ?)')
        .run(sha256, sourceOf);
    }
    return free.map(({ sha256 }) => sha256);
  }

  /** Forgets what expired longest ago. */
  prune(): void {
    this.#db
      .prepare('DELETE FROM expired_objects WHERE number <= (SELECT max(number) FROM expired_objects) - ?')
      .run(TOMBSTONES);
  }

  /** With an owner as this one may see it: the sources of others are unknown. */
  use(sha256: string, owner?: string): ObjectUse {
    if (this.#has('uses', sha256, owner)) return 'used';
    return this.#has('expired_objects', sha256, owner) ? 'expired' : 'unknown';
  }

  #has(table: 'uses' | 'expired_objects', sha256: string, owner?: string): boolean {
    const text = `SELECT 1 FROM ${table} WHERE sha256 = @sha256
      AND (@owner IS NULL OR source_of IS NULL OR source_of = @owner) LIMIT 1`;
    return this.#db.prepare(text).get({ sha256, owner: owner ?? null }) !== undefined;
  }
}
