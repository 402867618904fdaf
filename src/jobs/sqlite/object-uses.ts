import type { Job } from '../job.ts';
import type { ExpiredUploads, ObjectUse } from '../queue.ts';
import { givenObjects } from '../request.ts';
import type { JobDatabase } from './database.ts';

/** Hashes of objects of expired jobs that are remembered. */
const TOMBSTONES = 100_000;

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
    for (const sha256 of givenObjects(request)) this.#note(sha256, id, owner);
    for (const { sha256 } of images) this.#note(sha256, id, null);
  }

  /** Removes the notes of a job that is forgotten, or that of one object; returns the objects that no other refers to. */
  release(jobId: string, sha256: string | null = null): string[] {
    const released = this.#db.all<{ sha256: string; sourceOf: string | null }>(
      `DELETE FROM uses WHERE job = @jobId AND (@sha256 IS NULL OR sha256 = @sha256)
       RETURNING sha256, source_of AS sourceOf`,
      { jobId, sha256 },
    );
    const free = released.filter((object) => !this.#has('uses', object.sha256));
    for (const object of free) {
      this.#db.run(
        'INSERT OR REPLACE INTO expired_objects (sha256, source_of) VALUES (@sha256, @sourceOf)',
        object,
      );
    }
    return free.map((object) => object.sha256);
  }

  /** Keeps an object of its owner from now on, at `now`; false where he has `limit` others already. */
  keepUpload(sha256: string, owner: string, { now, limit }: { now: number; limit: number }): boolean {
    const again = this.#db.run(
      'UPDATE uploads SET kept_at = ? WHERE sha256 = ? AND owner = ?',
      ...[now, sha256, owner],
    );
    if (again > 0) return true;
    const [kept] = this.#db.all<{ n: number }>('SELECT count(*) AS n FROM uploads WHERE owner = ?', owner);
    if (kept!.n >= limit) return false;
    this.#db.run('INSERT INTO uploads (sha256, owner, kept_at) VALUES (?, ?, ?)', sha256, owner, now);
    this.#note(sha256, uploadOf(sha256, owner), owner);
    return true;
  }

  /** Forgets at most `limit` uploads that were last kept before `time`. */
  expireUploads(time: number, limit: number): ExpiredUploads {
    const expired = this.#db.all<{ sha256: string; owner: string }>(
      `DELETE FROM uploads WHERE (sha256, owner) IN
         (SELECT sha256, owner FROM uploads WHERE kept_at < ? ORDER BY kept_at LIMIT ?) RETURNING sha256, owner`,
      ...[time, limit],
    );
    const objects = expired.flatMap(({ sha256, owner }) => this.release(uploadOf(sha256, owner)));
    return { count: expired.length, objects };
  }

  /** Forgets what expired longest ago. */
  prune(): void {
    this.#db.run(
      'DELETE FROM expired_objects WHERE number <= (SELECT max(number) FROM expired_objects) - ?',
      TOMBSTONES,
    );
  }

  /** With an owner as this one may see it: the sources of others are unknown. */
  use(sha256: string, owner?: string): ObjectUse {
    if (this.#has('uses', sha256, owner)) return 'used';
    return this.#has('expired_objects', sha256, owner) ? 'expired' : 'unknown';
  }

  #note(sha256: string, jobId: string, sourceOf: string | null): void {
    this.#db.run(
      'INSERT OR IGNORE INTO uses (sha256, job, source_of) VALUES (?, ?, ?)',
      ...[sha256, jobId, sourceOf],
    );
  }

  #has(table: 'uses' | 'expired_objects', sha256: string, owner: string | null = null): boolean {
    const text = `SELECT 1 FROM ${table} WHERE sha256 = @sha256
      AND (@owner IS NULL OR source_of IS NULL OR source_of = @owner) LIMIT 1`;
    return this.#db.all(text, { sha256, owner }).length > 0;
  }
}
