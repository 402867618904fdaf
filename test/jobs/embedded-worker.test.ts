import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobDatabase, openJobDatabase } from '../../src/jobs/embedded-database.ts';
import { EmbeddedEvents } from '../../src/jobs/embedded-events.ts';
import { PaceTable } from '../../src/jobs/embedded-paces.ts';
import { EmbeddedQueue } from '../../src/jobs/embedded-queue.ts';
import { Statements } from '../../src/jobs/embedded-statements.ts';
import { JobTable } from '../../src/jobs/embedded-table.ts';
import type { Job } from '../../src/jobs/job.ts';
import { StorageFullError } from '../../src/storage/object-store.ts';
import {
  ended,
  jobImage,
  ManualClock,
  MemoryLog,
  newJob,
  request,
  ScriptedHandler,
  Gate,
  temporaryFolder,
} from './fixtures.ts';

describe('a full disk', () => {
  const images = Array.from({ length: 500 }, (_, index) => jobImage({ index }));
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: JobDatabase;
  let log: MemoryLog;
  let events: EmbeddedEvents;
  let jobs: EmbeddedQueue;
  let handler: ScriptedHandler;
  let paused: Gate;
  let resume: Gate;

  const open = (): void => {
    paused = new Gate();
    resume = new Gate();
    handler = new ScriptedHandler();
    database = openJobDatabase(folder.path);
    const statements = new Statements(database.sql);
    const table = new JobTable(statements);
    events = new EmbeddedEvents((id) => table.sequence(id));
    const pause = (signal: AbortSignal) => {
      signal.addEventListener('abort', resume.open);
      paused.open();
      return resume.passed;
    };
    const { now, monotonic } = new ManualClock();
    jobs = new EmbeddedQueue({
      table,
      paceTable: new PaceTable(statements),
      events,
      limit: 10,
      log,
      now,
      monotonic,
      pause,
      release: database.close,
    });
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    log = new MemoryLog();
    open();
  });

  afterEach(async () => {
    await jobs.close();
    await folder.remove();
  });

  /** How many pages the database may have; SQLite answers SQLITE_FULL beyond, as on a full disk. */
  const setRoom = (pages: number) => void database.sql.pragma(`max_page_count = ${pages}`);
  const fillUp = () => {
    const [{ page_count: pages }] = database.sql.pragma('page_count') as [{ page_count: number }];
    setRoom(pages);
  };

  /** A job whose end cannot be written. */
  async function stuck(): Promise<Job> {
    jobs.process(handler.handle);
    const job = await jobs.enqueue(newJob());
    const { succeed } = await handler.next();
    fillUp();
    succeed(images);
    await paused.passed;
    return job;
  }

  it('refuses a new job, and keeps the queue as it was', async () => {
    fillUp();
    const large = newJob({ request: request({ prompt: 'x'.repeat(100_000) }) });
    await expect(jobs.enqueue(large)).rejects.toThrow(StorageFullError);
    expect(await jobs.counts()).toEqual({ waiting: 0, running: 0 });
    setRoom(1_000_000);
    expect(await jobs.enqueue(large)).toMatchObject({ queuePosition: 0 });
  });

  it('does not lose the end of a job: it is written and told when there is room', async () => {
    const job = await stuck();
    expect(await jobs.get(job.id)).toMatchObject({ status: 'RUNNING' });
    expect(log.facts('error')).toHaveLength(1);
    setRoom(1_000_000);
    resume.open();
    const finished = await ended(job, events);
    expect(finished).toMatchObject({ status: 'SUCCEEDED', images });
    expect(await jobs.get(job.id)).toEqual(finished);
  });

  it('runs the job again after a restart when the server stops before there is room', async () => {
    const job = await stuck();
    await expect(jobs.close()).rejects.toThrow('full');
    open();
    expect(await jobs.get(job.id)).toMatchObject({ status: 'QUEUED', attempts: 1 });
  });
});
