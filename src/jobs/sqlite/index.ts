import type { Log } from '../log.ts';
import type { JobQueue, JobSource, ObjectUse } from '../queue.ts';
import { JobDatabase } from './database.ts';
import { LiveJobs } from './live-jobs.ts';
import { ObjectUses } from './object-uses.ts';
import { SqliteQueue } from './queue.ts';
import { SqliteSource } from './source.ts';
import { JobStore } from './store.ts';
import type { Disk } from './write-ahead-log.ts';

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

/** Hashes that are read at a time. */
const CHUNK = 1000;

/** The job database of a folder that no server uses: one that is stopped, or a backup. No job changes by opening it. */
export class JobArchive implements Pick<JobQueue, 'objectUses'> {
  readonly #db: JobDatabase;
  readonly #uses: ObjectUses;

  /** Throws JobDatabaseError where a server uses it, and where it is damaged. */
  constructor(dataDir: string) {
    this.#db = new JobDatabase(dataDir);
    this.#uses = new ObjectUses(this.#db);
  }

  /** How many jobs there are. */
  get jobs(): number {
    return this.#db.all<{ n: number }>('SELECT count(*) AS n FROM jobs')[0]!.n;
  }

  /** The hashes of the objects that the jobs refer to, each once. */
  *objects(): Generator<string> {
    const text = 'SELECT DISTINCT sha256 FROM uses WHERE sha256 > ? ORDER BY sha256 LIMIT ?';
    for (let last: string | undefined = ''; last !== undefined;) {
      const rows: { sha256: string }[] = this.#db.all(text, last, CHUNK);
      for (const { sha256 } of rows) yield sha256;
      last = rows.at(-1)?.sha256;
    }
  }

  objectUses(sha256s: readonly string[], owner?: string): Promise<ObjectUse[]> {
    return Promise.resolve(sha256s.map((sha256) => this.#uses.use(sha256, owner)));
  }

  /** Writes a copy to a file that does not exist yet. */
  copyTo(file: string): Promise<void> {
    return this.#db.copyTo(file);
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
