import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { Runner } from '../../src/jobs/runner.ts';
import { JobDatabase } from '../../src/jobs/sqlite/database.ts';
import { LiveJobs } from '../../src/jobs/sqlite/live-jobs.ts';
import { SqliteQueue } from '../../src/jobs/sqlite/queue.ts';
import { SqliteSource } from '../../src/jobs/sqlite/source.ts';
import { JobStore } from '../../src/jobs/sqlite/store.ts';
import { StorageFullError } from '../../src/storage/object-store.ts';
import {
  ended,
  Gate,
  jobImage,
  ManualClock,
  MemoryLog,
  newJob,
  request,
  scriptedDevice,
  ScriptedHandler,
  temporaryFolder,
} from './fixtures.ts';

describe('a full disk', () => {
  const images = Array.from({ length: 500 }, (_, index) => jobImage({ index }));
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let db: JobDatabase;
  let log: MemoryLog;
  let queue: SqliteQueue;
  let runner: Runner;
  let handler: ScriptedHandler;
  let paused: Gate;
  let resume: Gate;

  const open = (): void => {
    paused = new Gate();
    resume = new Gate();
    handler = new ScriptedHandler();
    db = new JobDatabase(folder.path);
    const store = new JobStore(db);
    const { now, monotonic } = new ManualClock();
    const live = new LiveJobs({ store, log, now });
    queue = new SqliteQueue({ db, store, live, limit: 10, log, now });
    const source = new SqliteSource({ db, store, live, log, now });
    const pause = (_: number, signal: AbortSignal) => {
      signal.addEventListener('abort', resume.open);
      paused.open();
      return resume.passed;
    };
    const devices = [scriptedDevice(handler)];
    runner = new Runner({ source, devices, worker: 'w', log, now, monotonic, pause });
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    log = new MemoryLog();
    open();
  });

  afterEach(async () => {
    const closed = runner.close();
    handler.stop();
    await closed;
    await queue.close();
    await folder.remove();
  });

  /** How many pages the database may have; SQLite answers SQLITE_FULL beyond, as on a full disk. */
  const setRoom = (pages: number) => void db.all(`PRAGMA max_page_count = ${pages}`);
  const fillUp = () => {
    const [{ page_count: pages }] = db.all('PRAGMA page_count') as [{ page_count: number }];
    setRoom(pages);
  };

  /** A job whose end cannot be written. */
  async function stuck(): Promise<Job> {
    runner.start();
    const job = await queue.enqueue(newJob());
    const { succeed } = await handler.next();
    fillUp();
    succeed(images);
    await paused.passed;
    return job;
  }

  it('refuses a new job, and keeps the queue as it was', async () => {
    fillUp();
    const large = newJob({ request: request({ prompt: 'x'.repeat(100_000) }) });
    await expect(queue.enqueue(large)).rejects.toThrow(StorageFullError);
    expect(await queue.counts()).toMatchObject({ waiting: 0, running: 0 });
    setRoom(1_000_000);
    expect(await queue.enqueue(large)).toMatchObject({ queuePosition: 0 });
  });

  it('still takes the cancel of a job', async () => {
    const { id } = await queue.enqueue(newJob());
    fillUp();
    expect(await queue.cancel(id)).toMatchObject({ outcome: 'canceled' });
  });

  it('does not lose the end of a job: it is written and published when there is room', async () => {
    const job = await stuck();
    expect(await queue.get(job.id)).toMatchObject({ status: 'RUNNING' });
    expect(log.facts('error')).toEqual([
      expect.objectContaining({ err: expect.any(StorageFullError) as Error }),
    ]);
    setRoom(1_000_000);
    resume.open();
    const finished = await ended(queue, job.id);
    expect(finished).toMatchObject({ status: 'SUCCEEDED', images });
    expect(await queue.get(job.id)).toEqual(finished);
  });

  it('runs the job again after a restart when the server stops before there is room', async () => {
    const job = await stuck();
    await runner.close();
    await queue.close();
    open();
    expect(await queue.get(job.id)).toMatchObject({
      status: 'QUEUED',
      attempts: 1,
      history: [{ result: 'INTERRUPTED' }],
    });
  });
});
