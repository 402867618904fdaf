import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { temporaryFolder } from './fixtures.ts';
import type { QueueSettings } from './job-queue/queue-bench.ts';
import type { ModelledStorage } from './model-based/world.ts';

/** The job database in a temporary folder. */
export class SqliteStorage implements ModelledStorage {
  readonly perModel = false;
  readonly #folders: Awaited<ReturnType<typeof temporaryFolder>>[] = [];

  static async create(): Promise<SqliteStorage> {
    const storage = new SqliteStorage();
    storage.#folders.push(await temporaryFolder());
    return storage;
  }

  open(settings: QueueSettings): ReturnType<ModelledStorage['open']> {
    return Promise.resolve(openSqliteJobs({ dataDir: this.#folder, ...settings }));
  }

  /** The files as a killed process leaves them; it goes on with a copy, which nobody opens again. */
  async kill(): Promise<void> {
    const left = await temporaryFolder();
    await cp(this.#folder, left.path, { recursive: true });
    this.#folders.push(left);
  }

  rewrite(id: string, change: (record: string) => string): Promise<void> {
    const sql = new Database(join(this.#folder, 'jobs.db'));
    const { record } = sql.prepare('SELECT record FROM jobs WHERE id = ?').get(id) as { record: string };
    sql.prepare('UPDATE jobs SET record = ? WHERE id = ?').run(change(record), id);
    sql.close();
    return Promise.resolve();
  }

  async remove(): Promise<void> {
    for (const { remove } of this.#folders) await remove();
  }

  get #folder(): string {
    return this.#folders.at(-1)!.path;
  }
}
