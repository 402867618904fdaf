import { openJobDatabase } from './embedded-database.ts';
import { EmbeddedEvents } from './embedded-events.ts';
import { PaceTable } from './embedded-paces.ts';
import { EmbeddedQueue } from './embedded-queue.ts';
import { Statements } from './embedded-statements.ts';
import { JobTable } from './embedded-table.ts';
import type { Log } from './log.ts';

/** Settings of the embedded adapters. */
export interface EmbeddedJobsOptions {
  /** Folder of the database; created if missing. */
  readonly dataDir: string;
  /** Waiting jobs beyond which `enqueue` refuses. */
  readonly queueLimit: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic?: () => number;
}

/**
 * Jobs and their events within one process, on SQLite in `dataDir`. Throws JobDatabaseError. Closing the queue ends all
 * watches; close it before the engine, so that the running job is put back rather than canceled.
 */
export function openEmbeddedJobs({
  dataDir,
  queueLimit,
  log,
  now = Date.now,
  monotonic = () => performance.now(),
}: EmbeddedJobsOptions): { jobs: EmbeddedQueue; events: EmbeddedEvents } {
  const { sql, close } = openJobDatabase(dataDir);
  try {
    const statements = new Statements(sql);
    const table = new JobTable(statements);
    const events = new EmbeddedEvents((jobId) => table.sequence(jobId));
    const jobs = new EmbeddedQueue({
      table,
      paceTable: new PaceTable(statements),
      events,
      limit: queueLimit,
      log,
      now,
      monotonic,
      release: close,
    });
    return { jobs, events };
  } catch (error) {
    close();
    throw error;
  }
}
