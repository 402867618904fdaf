import type { Log } from '../log.ts';
import type { JobQueue, JobSource } from '../queue.ts';
import { JobDatabase } from './database.ts';
import { LiveJobs } from './live-jobs.ts';
import { SqliteQueue } from './queue.ts';
import { SqliteSource } from './source.ts';
import { JobStore } from './store.ts';
import type { Disk } from './write-ahead-log.ts';

export { JobArchive } from './archive.ts';
export { JobDatabaseError } from './database.ts';

/** Settings of the jobs of one process. */
export interface SqliteJobsOptions {
  /** Folder of the database; created if missing. */
  readonly dataDir: string;
  /** Waiting jobs beyond which `enqueue` refuses. */
  readonly queueLimit: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly disk?: Disk;
}

/** The jobs of one process, on SQLite in `dataDir`; another process is refused. Throws JobDatabaseError. */
export function openSqliteJobs({ dataDir, queueLimit, log, now = Date.now, disk }: SqliteJobsOptions): {
  queue: JobQueue;
  source: JobSource;
  /** Writes a consistent copy of the database to a file that does not exist yet, while it is in use. */
  backupTo: (file: string) => Promise<void>;
} {
  const db = new JobDatabase(dataDir, disk);
  try {
    const store = new JobStore(db);
    const live = new LiveJobs({ store, log, now });
    const queue = new SqliteQueue({ db, store, live, limit: queueLimit, log, now });
    const backupTo = (file: string) => db.copyTo(file);
    return { queue, source: new SqliteSource({ db, store, live, log, now }), backupTo };
  } catch (error) {
    void db.close();
    throw error;
  }
}
