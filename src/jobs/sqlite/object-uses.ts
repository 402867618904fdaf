import type { Job } from '../job.ts';
import type { ExpiredUploads, ObjectUse } from '../queue.ts';
import type { JobDatabase } from './database.ts';

/** Hashes of objects of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

/** An object that a job no longer refers to, and whose source it was; null for a result. */
interface Use {
  readonly sha256: string;
  readonly sourceOf: string | null;
}

/** What stands for an upload where the job that refers to an object stands. */
const uploadOf = (sha256: string, owner: string): string => `upload ${owner} ${sha256}`;

/** Which objects of the store the jobs refer to. Each method is part of the caller's transaction. */
export class ObjectUses {
  readonly #db: JobDatabase;

  constructor(db: JobDatabase) {
    this.#db = db;
  }

  /** Notes the objects that a job refers to; may be repeated. */
  note({ id, owner, request, images }: Job): void {
    const add = this.#db.prepare('INSERT OR IGNORE INTO uses (sha256, job, source_of) VALUES (?, ?, ?)');
    if (request.source) add.run(request.source.sha256, id, owner);
    for (const { sha256 } of images) add.run(sha256, id, null);
  }

  /** Removes the notes of a job that is forgotten; returns the objects that no other refers to. */
  release(jobId: string): string[] {
    const rows = this.#db
      .prepare('DELETE FROM uses WHERE job = ? RETURNING sha256, source_of AS sourceOf')
      .all(jobId);
    return this.#free(rows as Use[]);
  }

  /** Keeps an object of its owner from now on, at `now`; false where he has `limit` others already. */
  keepUpload(sha256: string, owner: string, { now, limit }: { now: number; limit: number }): boolean {
    const again = this.#db.prepare('UPDATE uploads SET kept_at = ? WHERE sha256 = ? AND owner = ?');
    if (again.run(now, sha256, owner).changes > 0) return true;
    const { n } = this.#db.prepare('SELECT count(*) AS n FROM uploads WHERE owner = ?').get(owner) as {
      n: number;
    };
    if (n >= limit) return false;
    this.#db.prepare('INSERT INTO uploads (sha256, owner, kept_at) VALUES (?, ?, ?)').run(sha256, owner, now);
    this.#db
      .prepare('INSERT INTO uses (sha256, job, source_of) VALUES (?, ?, ?)')
      .run(sha256, uploadOf(sha256, owner), owner);
    return true;
  }

  /** Forgets at most `limit` uploads that were last kept before `time`. */
  expireUploads(time: number, limit: number): ExpiredUploads {
    const rows = this.#db
      .prepare(
        `DELETE FROM uploads WHERE (sha256, owner) IN
           (SELECT sha256, owner FROM uploads WHERE kept_at < ? ORDER BY kept_at LIMIT ?) RETURNING sha256, owner`,
      )
      .all(time, limit) as { sha256: string; owner: string }[];
    const objects = rows.flatMap(({ sha256, owner }) => this.release(uploadOf(sha256, owner)));
    return { count: rows.length, objects };
  }

  /** Removes the note that a job refers to an object; returns the object if no other does. */
  releaseObject(jobId: string, sha256: string): string[] {
    const rows = this.#db
      .prepare('DELETE FROM uses WHERE job = ? AND sha256 = ? RETURNING sha256, source_of AS sourceOf')
      .all(jobId, sha256);
    return this.#free(rows as Use[]);
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

  /** Remembers those of some objects that nothing refers to any more, and returns their hashes. */
  #free(released: readonly Use[]): string[] {
    const free = released.filter(({ sha256 }) => !this.#has('uses', sha256));
    for (const { sha256, sourceOf } of free) {
      this.#db
        .prepare('INSERT OR REPLACE INTO expired_objects (sha256, source_of) VALUES (?, ?)')
        .run(sha256, sourceOf);
    }
    return free.map(({ sha256 }) => sha256);
  }

  #has(table: 'uses' | 'expired_objects', sha256: string, owner?: string): boolean {
    const text = `SELECT 1 FROM ${table} WHERE sha256 = @sha256
      AND (@owner IS NULL OR source_of IS NULL OR source_of = @owner) LIMIT 1`;
    return this.#db.prepare(text).get({ sha256, owner: owner ?? null }) !== undefined;
  }
}
