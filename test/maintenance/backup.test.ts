import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClockMark } from '../../src/jobs/clock-guard.ts';
import type { Job } from '../../src/jobs/job.ts';
import { succeeded } from '../../src/jobs/lifecycle.ts';
import type { NewJob } from '../../src/jobs/queue.ts';
import { Retention } from '../../src/jobs/retention.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { backUp, restore } from '../../src/maintenance/backup.ts';
import { check } from '../../src/maintenance/check.ts';
import { openControlSocket, requestSnapshot } from '../../src/maintenance/control-socket.ts';
import { exportJobs } from '../../src/maintenance/export.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { COMPILED_COMMAND } from '../compiled-package.ts';
import { MemoryLog, request, temporaryFolder } from '../jobs/fixtures.ts';

const DAY = 86_400_000;

/** What a server has open, without its engine. */
async function startServer(dataDir: string, log: MemoryLog) {
  const objects = await FileStore.open(join(dataDir, 'objects'));
  const { queue, source, backupTo } = openSqliteJobs({ dataDir, queueLimit: 100_000, log });
  let ahead = 0;
  const retention = new Retention({
    queue,
    objects,
    mark: new ClockMark(dataDir),
    retention: DAY,
    log,
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
  });
  const control = await openControlSocket({ dataDir, backupTo, hold: (work) => retention.hold(work), log });
  let pictures = 0;
  return {
    queue,
    objects,
    retention,
    passTime: (time: number) => (ahead += time),
    /** A job with its own source. */
    accept: async (): Promise<string> => {
      const { sha256 } = await objects.put(Buffer.from(`source ${pictures++}`));
      const job: NewJob = {
        request: request({ source: { sha256, width: 1, height: 1 } }),
        priority: 0,
        warnings: [],
        owner: '',
        idempotencyKey: null,
      };
      return (await queue.enqueue(job)).id;
    },
    /** Runs the next job: its picture is stored. */
    run: async (): Promise<void> => {
      const lease = await source.claim({ worker: 'w', device: 'cpu', whyNot: () => null });
      if (!lease) return;
      const stored = await objects.put(Buffer.from(`picture ${pictures++}`));
      const image = { index: 0, width: 1, height: 1, seed: '0', ...stored };
      await lease.finish(succeeded(lease.job, [image], Date.now()));
    },
    stop: async () => {
      await control.close();
      await retention.stop();
      await queue.close();
    },
  };
}

type Server = Awaited<ReturnType<typeof startServer>>;

describe('a backup', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dataDir: string;
  let target: string;
  let restored: string;
  let log: MemoryLog;
  let server: Server | undefined;

  beforeEach(async () => {
    folder = await temporaryFolder();
    [dataDir, target, restored] = ['data', 'backup', 'restored'].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    log = new MemoryLog();
    server = await startServer(dataDir, log);
  });
  afterEach(async () => {
    await server?.stop();
    await folder.remove();
  });

  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  const openRestored = () => FileStore.open(join(restored, 'objects'));
  const hashesOf = ({ request: { source }, images }: Job) => [
    source!.sha256,
    ...images.map(({ sha256 }) => sha256),
  ];

  it('holds every job that was accepted before it began, with its images, under load', async () => {
    const { accept, run, objects, queue } = server!;
    for (let i = 0; i < 40; i++) await accept();
    for (let i = 0; i < 20; i++) await run();
    await writeFile(join(dataDir, 'keys.json'), '{}');
    const before = (await queue.list({ limit: 1000, from: 'newest' })).map(({ id }) => id);
    const load = { isOn: true, jobs: 0 };
    const loading = (async () => {
      while (load.isOn) {
        await Promise.all([accept(), run()]);
        load.jobs++;
      }
    })();
    await backUp(dataDir, objects, target);
    load.isOn = false;
    await loading;
    expect(load.jobs).toBeGreaterThan(0);
    await stop();

    await restore(target, restored, openRestored);
    server = await startServer(restored, log);
    const jobs = await server.queue.getMany(before);
    expect(jobs.filter((job) => typeof job === 'string')).toEqual([]);
    expect((jobs as Job[]).filter(({ images }) => images.length === 1).length).toBeGreaterThanOrEqual(20);
    for (const sha256 of (jobs as Job[]).flatMap(hashesOf))
      expect(await server.objects.has(sha256)).toBe(true);
    expect(await readFile(join(restored, 'keys.json'), 'utf8')).toBe('{}');
    await stop();
    const found = await check(restored, await openRestored());
    expect(found).toMatchObject({ missing: [], damaged: [], unreferenced: 0 });
  });

  it('keeps retention from removing the images of its jobs until they are copied', async () => {
    const { accept, queue, objects, retention, passTime } = server!;
    const id = await accept();
    await queue.cancel(id);
    const [sha256] = hashesOf((await queue.get(id)) as Job) as [string];
    await retention.pass();
    passTime(2 * DAY);
    await mkdir(target);
    const snapshot = await requestSnapshot(dataDir, join(target, 'jobs.db'));
    const passing = retention.pass();
    for (let i = 0; i < 20; i++) await accept(); // longer than the pass takes where nothing holds it off
    expect([await objects.has(sha256), typeof (await queue.get(id))]).toEqual([true, 'object']);
    snapshot!.release();
    await passing;
    expect(await queue.get(id)).toBe('expired');
  });

  it('is made by the command too, of a server that runs and of one that is stopped', async () => {
    const { accept } = server!;
    await accept();
    const latentql = (...args: string[]) =>
      promisify(execFile)(process.execPath, [COMPILED_COMMAND, ...args], {
        env: { ...process.env, DATA_DIR: dataDir },
      });
    expect((await latentql('backup', target)).stdout).toContain('1 job and 1 image are in');
    await expect(latentql('backup', target)).rejects.toThrow(/must be a new or empty folder/);
    await expect(latentql('check')).rejects.toThrow(/is in use by process/);
    await stop();
    expect((await latentql('backup', `${target}-2`)).stdout).toContain('1 job and 1 image are in');
    expect((await latentql('check')).stdout).toContain('1 job, 1 image sound, 0 unreferenced');
    await expect(latentql('restore', target)).rejects.toThrow(/DATA_DIR.* must be a new or empty folder/);
  });

  it('is refused where the folder holds no jobs, or is not a complete backup', async () => {
    await stop();
    const nowhere = join(folder.path, 'nowhere');
    const objects = await FileStore.open(join(folder.path, 'objects'));
    await expect(backUp(nowhere, objects, target)).rejects.toThrow(/found no jobs.db/);
    await expect(restore(target, restored, openRestored)).rejects.toThrow(/not a complete backup/);
    await expect(stat(restored)).rejects.toThrow('ENOENT');
  });

  it('that is damaged is not restored', async () => {
    await server!.accept();
    await backUp(dataDir, server!.objects, target);
    const copies = await FileStore.open(join(target, 'objects'));
    for await (const { sha256 } of copies.list()) {
      const file = join(target, 'objects', sha256.slice(0, 2), sha256);
      await rm(file); // a link to the server's own object
      await writeFile(file, 'other bytes');
    }
    await expect(restore(target, restored, openRestored)).rejects.toThrow(/1 objects are missing or changed/);
    await expect(stat(restored)).rejects.toThrow('ENOENT');
  });

  it('leaves a control socket that only its user may open', async () => {
    const { mode } = await stat(join(dataDir, 'control.sock'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('tells why the server could not make it', async () => {
    await expect(requestSnapshot(dataDir, join(folder.path, 'missing', 'jobs.db'))).rejects.toThrow(
      /could not copy its job database/,
    );
    await expect(requestSnapshot(dataDir, 'relative')).rejects.toThrow(/expected an absolute path/);
  });
});

describe('an export', () => {
  it('holds every record, the oldest first, and the images they name', async () => {
    const folder = await temporaryFolder();
    const server = await startServer(join(folder.path, 'data'), new MemoryLog());
    const ids: string[] = [];
    for (let i = 0; i < 205; i++) ids.push(await server.accept());
    await server.run();
    const target = join(folder.path, 'export');
    const made = await exportJobs(server.queue, server.objects, target);
    expect(made).toMatchObject({ jobs: 205, objects: 206, lost: [] });
    const lines = (await readFile(join(target, 'jobs.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Job).id)).toEqual(ids);
    const copies = await FileStore.open(join(target, 'objects'));
    const [image] = (JSON.parse(lines[0]!) as Job).images;
    expect(await copies.has(image!.sha256)).toBe(true);
    await server.stop();
    await folder.remove();
  });
});

describe('a check', () => {
  it('counts what is missing, damaged and unreferenced, and removes the last if asked to', async () => {
    const folder = await temporaryFolder();
    const log = new MemoryLog();
    const server = await startServer(folder.path, log);
    for (let i = 0; i < 3; i++) await server.accept();
    const jobs = await server.queue.list({ limit: 3, from: 'newest' });
    const [lost, changed] = jobs.map((job) => job.request.source!.sha256) as [string, string];
    await server.objects.delete(lost);
    await writeFile(join(folder.path, 'objects', changed.slice(0, 2), changed), 'other bytes');
    const { sha256: orphan } = await server.objects.put(Buffer.from('orphan'));
    await server.stop();
    const found = { jobs: 3, sound: 1, missing: [lost], damaged: [changed], unreferenced: 1 };
    expect(await check(folder.path, server.objects)).toEqual({ ...found, removed: 0 });
    expect(await server.objects.has(orphan)).toBe(true);
    const removing = { removeUnreferenced: true };
    expect(await check(folder.path, server.objects, removing)).toEqual({ ...found, removed: 1 });
    expect(await server.objects.has(orphan)).toBe(false);
    await folder.remove();
  });
});
