import { copyFile, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobDatabaseError, openJobDatabase } from '../../src/jobs/embedded-database.ts';
import { openEmbeddedJobs } from '../../src/jobs/embedded.ts';
import { runAndKill } from './child-process.ts';
import { MemoryLog, newJob, temporaryFolder } from './fixtures.ts';

describe('the job database', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'jobs.db');
  });
  afterEach(() => folder.remove());

  const openJobs = (dataDir = folder.path) =>
    openEmbeddedJobs({ dataDir, queueLimit: 1000, log: new MemoryLog() }).jobs;

  /** What opening says; the file must be as it was afterwards. */
  async function refusal(): Promise<string> {
    const before = await readFile(file);
    let message = '';
    try {
      openJobs();
    } catch (error) {
      expect(error).toBeInstanceOf(JobDatabaseError);
      message = (error as Error).message;
    }
    expect(before.equals(await readFile(file))).toBe(true);
    return message;
  }

  /** A database of 200 jobs, closed. */
  async function fill(): Promise<void> {
    const jobs = openJobs();
    for (let i = 0; i < 200; i++) await jobs.enqueue(newJob());
    await jobs.close();
  }

  it('is made with its folder and leaves one file behind when closed', async () => {
    const dataDir = join(folder.path, 'deep', 'data');
    const jobs = openJobs(dataDir);
    expect(await readFile(join(dataDir, 'jobs.lock'), 'utf8')).toBe(
      `process ${process.pid} on ${hostname()}\n`,
    );
    await jobs.close();
    expect(await readdir(dataDir)).toEqual(['jobs.db']);
  });

  it('writes ahead and waits for the disk at every commit', () => {
    const { sql, close } = openJobDatabase(folder.path);
    expect(sql.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(sql.pragma('synchronous')).toEqual([{ synchronous: 2 }]);
    close();
  });

  it('refuses a second user, naming the first, and is free once that one was killed', async () => {
    let message = '';
    let holder = 0;
    await runAndKill({ dataDir: folder.path, accept: 0, turns: 0 }, (_line, pid) => {
      holder = pid;
      try {
        openJobs();
      } catch (error) {
        message = String(error);
      }
      return true;
    });
    expect(message).toContain('JobDatabaseError');
    expect(message).toContain(`process ${holder} on ${hostname()}`);
    expect(message).toContain(file);
    expect(await readdir(folder.path)).toContain('jobs.lock');
    await openJobs().close();
  });

  it('refuses a second user within the same process', async () => {
    const jobs = openJobs();
    expect(() => openJobs()).toThrow(`process ${process.pid} on`);
    await jobs.close();
  });

  it('refuses a file that is no database', async () => {
    await writeFile(file, 'this is no database, but somebody may want it back'.repeat(100));
    expect(await refusal()).toMatch(/jobs\.db is damaged .*not a database.*Nothing was deleted/);
  });

  it('refuses a database with an overwritten page', async () => {
    await fill();
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(4096, 0x5a), 0, 4096, 4096 * 5);
    await handle.close();
    expect(await refusal()).toMatch(/jobs\.db is damaged/);
  });

  it('refuses a database that was cut short', async () => {
    await fill();
    await truncate(file, 4096 * 6);
    expect(await refusal()).toMatch(/jobs\.db is damaged/);
  });

  it('refuses a database of a newer version', async () => {
    await openJobs().close();
    const sql = new Database(file);
    sql.pragma('user_version = 99');
    sql.close();
    expect(await refusal()).toMatch(/schema version 99.*knows up to 2/);
  });

  it('says what is wrong with a folder that cannot be used', async () => {
    await writeFile(file, '');
    expect(() => openJobs(file)).toThrow(/cannot be opened: .*EEXIST|ENOTDIR/);
  });

  it('opens a copy that was taken of a closed database', async () => {
    const jobs = openJobs();
    const job = await jobs.enqueue(newJob());
    await jobs.close();
    const copy = await temporaryFolder();
    await copyFile(file, join(copy.path, 'jobs.db'));
    const copied = openJobs(copy.path);
    expect(await copied.get(job.id)).toEqual(job);
    await copied.close();
    await copy.remove();
  });

  it('upgrades a database of the first version, with everything in it', async () => {
    await copyFile(join(import.meta.dirname, 'data/version-1.db'), file);
    const { jobs } = openEmbeddedJobs({ dataDir: folder.path, queueLimit: 1000, log: new MemoryLog() });
    const [waiting, done] = await jobs.list({ limit: 9, from: 'newest' });
    expect(waiting).toMatchObject({ status: 'QUEUED', queuePosition: 0, request: { steps: 4 } });
    expect(done).toMatchObject({ status: 'SUCCEEDED', images: [{ sha256: 'ab'.repeat(32) }] });
    expect(await jobs.objectUses(['ab', 'cd', 'ef'].map((pair) => pair.repeat(32)))).toEqual([
      'used',
      'used',
      'unknown',
    ]);
    expect((await jobs.admit({ owner: '', idempotencyKey: 'key' }))?.id).toBe(waiting!.id);
    expect(await jobs.expire(Number.MAX_SAFE_INTEGER, 9)).toMatchObject({ jobs: [done!.id] });
    await jobs.close();
  });
});
