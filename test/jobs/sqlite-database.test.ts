import { copyFile, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { started, succeeded, whyNotRunnable } from '../../src/jobs/lifecycle.ts';
import { type JobQueue, type JobSource, QueueUnavailableError } from '../../src/jobs/queue.ts';
import { JobDatabase, JobDatabaseError } from '../../src/jobs/sqlite/database.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { JobStore } from '../../src/jobs/sqlite/store.ts';
import { StorageFullError } from '../../src/storage/object-store.ts';
import { runAndKill } from './child-process.ts';
import { jobImage, MemoryLog, newJob, storedJob, temporaryFolder } from './fixtures.ts';

describe('the job database', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'jobs.db');
  });
  afterEach(() => folder.remove());

  const openJobs = (dataDir = folder.path): { queue: JobQueue; source: JobSource } =>
    openSqliteJobs({ dataDir, queueLimit: 1000, log: new MemoryLog() });

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
    const db = new JobDatabase(folder.path);
    const store = new JobStore(db);
    for (let i = 100; i < 300; i++)
      store.insert(storedJob({ id: `019b77e6-9c00-7000-8000-000000000${i}` }), null);
    await db.close();
  }

  const setVersion = (version: number): void => {
    const sql = new Database(file);
    sql.pragma(`user_version = ${version}`);
    sql.close();
  };

  it('is made with its folder and leaves one file behind when closed', async () => {
    const dataDir = join(folder.path, 'deep', 'data');
    const { queue } = openJobs(dataDir);
    expect(await readFile(join(dataDir, 'jobs.lock'), 'utf8')).toBe(
      `process ${process.pid} on ${hostname()}\n`,
    );
    await queue.close();
    expect(await readdir(dataDir)).toEqual(['jobs.db']);
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
    await openJobs().queue.close();
  });

  it('refuses a second user within the same process', async () => {
    const { queue } = openJobs();
    expect(() => openJobs()).toThrow(`process ${process.pid} on`);
    await queue.close();
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
    await openJobs().queue.close();
    setVersion(99);
    expect(await refusal()).toMatch(/schema version 99.*reads 5: start the newer version again/);
  });

  it.each([1, 2, 3, 4])('refuses a database of version %i, which was never released', async (version) => {
    await openJobs().queue.close();
    setVersion(version);
    expect(await refusal()).toMatch(/before the first release\. Move it away/);
  });

  it('says what is wrong with a folder that cannot be used', async () => {
    await writeFile(file, '');
    expect(() => openJobs(file)).toThrow(/cannot be opened: .*EEXIST|ENOTDIR/);
  });

  it('opens a copy that was taken of a closed database', async () => {
    const { queue } = openJobs();
    const job = await queue.enqueue(newJob());
    await queue.close();
    const copy = join(folder.path, 'copy');
    await openJobs(copy).queue.close();
    await copyFile(file, join(copy, 'jobs.db'));
    const copied = openJobs(copy).queue;
    expect(await copied.get(job.id)).toEqual(job);
    await copied.close();
  });

  describe('that is copied while it is in use', () => {
    it('gives a whole copy, in which what ran was interrupted', async () => {
      const db = new JobDatabase(folder.path);
      const store = new JobStore(db);
      const [waiting, running] = [1, 2].map((n) => storedJob({ id: `job-${n}`, queuePosition: null }));
      store.insert(waiting!, 'key');
      store.change(store.insert(running!, null), started(running!, { worker: 'w', device: 'cpu' }, 10));
      const copy = await temporaryFolder();
      await db.copyTo(join(copy.path, 'jobs.db'));
      store.insert(storedJob({ id: 'job-3' }), null);
      const { queue } = openJobs(copy.path);
      expect(await queue.findByKey('', 'key')).toMatchObject({ id: 'job-1', status: 'QUEUED' });
      expect(await queue.get('job-2')).toMatchObject({
        status: 'QUEUED',
        history: [{ result: 'INTERRUPTED' }],
      });
      expect(await queue.get('job-3')).toBe('unknown');
      await queue.close();
      expect(store.find('job-3')).toMatchObject({ revision: 1 });
      await db.close();
      await copy.remove();
    });

    it('overwrites nothing', async () => {
      const db = new JobDatabase(folder.path);
      const target = join(folder.path, 'backup.db');
      await writeFile(target, 'something of value');
      await expect(db.copyTo(target)).rejects.toThrow();
      expect(await readFile(target, 'utf8')).toBe('something of value');
      await db.close();
    });
  });

  describe('that is taken away while it is in use', () => {
    const claim = (source: JobSource) => source.claim({ worker: 'w', device: 'cpu', whyNot: whyNotRunnable });
    const away: [string, () => Promise<void>][] = [
      ['whose folder was deleted', () => rm(folder.path, { recursive: true })],
      ['that was deleted', () => rm(file)],
      [
        'that was replaced',
        async () => {
          await rename(file, `${file}.old`);
          await writeFile(file, '');
        },
      ],
    ];

    it.each(away)('%s accepts nothing and says so', async (_how, takeAway) => {
      const { queue, source } = openJobs();
      const job = await queue.enqueue(newJob());
      await queue.check();
      await takeAway();
      for (const refused of [
        queue.enqueue(newJob()),
        queue.check(),
        queue.checkCapacity(),
        queue.cancel(job.id),
        queue.pause(null),
        claim(source),
      ]) {
        await expect(refused).rejects.toThrow(QueueUnavailableError);
      }
      await expect(queue.check()).rejects.toThrow(/jobs\.db was deleted or replaced/);
      await queue.close();
    });

    it.each<[string, () => Promise<void>]>([
      ['deleted', () => rm(`${file}-wal`)],
      ['moved away', () => rename(`${file}-wal`, `${file}.away`)],
    ])('in part, its log %s, accepts nothing and keeps what it has told', async (_how, takeAway) => {
      const { queue, source } = openJobs();
      const job = await queue.enqueue(newJob());
      await takeAway();
      for (const refused of [queue.enqueue(newJob()), queue.check(), queue.cancel(job.id), claim(source)]) {
        await expect(refused).rejects.toThrow(
          /The log .*jobs\.db-wal of the job database was deleted or replaced/,
        );
      }
      await queue.close();
      const again = openJobs();
      expect(await again.queue.get(job.id)).toMatchObject({ id: job.id, status: 'QUEUED' });
      expect(await again.queue.enqueue(newJob())).toMatchObject({ status: 'QUEUED' });
      await again.queue.close();
    });

    it('takes the end of a job once it is back', async () => {
      const { queue, source } = openJobs();
      const { id } = await queue.enqueue(newJob());
      const lease = (await claim(source))!;
      await rename(file, `${file}.away`);
      const end = succeeded(lease.job, [jobImage()], Date.now());
      await expect(lease.finish(end)).rejects.toThrow(QueueUnavailableError);
      expect(await queue.get(id)).toMatchObject({ status: 'RUNNING' });
      await rename(`${file}.away`, file);
      expect(await lease.finish(end)).toBe(true);
      expect(await queue.get(id)).toMatchObject({ status: 'SUCCEEDED', images: [jobImage()] });
      await queue.close();
    });
  });

  describe('a transaction', () => {
    let db: JobDatabase;
    beforeEach(() => (db = new JobDatabase(folder.path)));
    afterEach(() => db.close());
    const pause = (model: string) => db.run('INSERT INTO paused (model) VALUES (?)', model);
    const paused = () => db.all('SELECT model FROM paused ORDER BY model');
    const full = () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

    it('is all or nothing, with those within it', () => {
      const fails = () =>
        db.transaction(() => {
          pause('a');
          db.transaction(() => pause('b'));
          throw new Error('no');
        });
      expect(fails).toThrow('no');
      expect(paused()).toEqual([]);
      expect(db.transaction(() => pause('c'))).toBe(1);
      expect(paused()).toEqual([{ model: 'c' }]);
    });

    it('that ends a job may use the reserve on a full disk, others may not', async () => {
      let tries = 0;
      const work = () => {
        if (++tries === 1) throw full();
        return pause('a');
      };
      expect(() => db.transaction(work)).toThrow(StorageFullError);
      expect(await readdir(folder.path)).toContain('reserve');
      tries = 0;
      expect(db.transaction(work, { isEnding: true })).toBe(1);
      expect(await readdir(folder.path)).not.toContain('reserve');
      await db.check();
      expect(await readdir(folder.path)).toContain('reserve');
    });

    it('says that there is no room where the reserve does not help either', () => {
      const work = () => {
        throw full();
      };
      for (let i = 0; i < 2; i++) {
        expect(() => db.transaction(work, { isEnding: true })).toThrow(StorageFullError);
      }
    });
  });
});
