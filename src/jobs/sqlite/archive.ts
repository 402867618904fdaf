import type { JobQueue, ObjectUse } from '../queue.ts';
import { JobDatabase } from './database.ts';
import { ObjectUses } from './object-uses.ts';

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
