import type { Job } from '../job.ts';
import type { JobDatabase } from './database.ts';

/**
 * Start-time fair queueing (Goyal, Vin and Cheng 1996) with equal weights and jobs of equal length: within a priority,
 * waiting jobs run in the order of their tags.
 */
export class FairOrder {
  readonly #db: JobDatabase;

  constructor(db: JobDatabase) {
    this.#db = db;
  }

  /** For a new job: the tag after the owner's last one, or that of the job which started last if this is greater. */
  nextTag({ owner, priority }: Job): number {
    const [row] = this.#db.all<{ tag: number }>(
      `SELECT max(
         coalesce((SELECT max(tag) FROM served WHERE priority = @priority), 0),
         coalesce((SELECT tag + 1 FROM served WHERE priority = @priority AND owner = @owner), 0),
         coalesce((SELECT max(tag) + 1 FROM jobs
                   WHERE status = 'QUEUED' AND owner = @owner AND priority = @priority), 0)) AS tag`,
      { owner, priority },
    );
    return row!.tag;
  }

  /** Remembers the tag of a job that starts; owners that are level with it again are forgotten. */
  noteServed({ id, owner, priority }: Job): void {
    this.#db.run(
      `INSERT INTO served SELECT @priority, @owner, tag FROM jobs WHERE id = @id
       ON CONFLICT DO UPDATE SET tag = max(tag, excluded.tag)`,
      { id, owner, priority },
    );
    this.#db.run(
      'DELETE FROM served WHERE priority = @priority AND tag < (SELECT max(tag) FROM served WHERE priority = @priority)',
      { priority },
    );
  }

  /** A job that was canceled while it waited costs its owner no turn. */
  moveUp({ id, owner, priority }: Job): void {
    this.#db.run(
      `UPDATE jobs SET tag = tag - 1 WHERE status = 'QUEUED' AND owner = @owner AND priority = @priority
         AND tag > (SELECT tag FROM jobs WHERE id = @id)`,
      { id, owner, priority },
    );
  }
}
