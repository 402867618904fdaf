import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedJobs } from '../../src/jobs/embedded.ts';
import type { EmbeddedEvents } from '../../src/jobs/embedded-events.ts';
import type { EmbeddedQueue } from '../../src/jobs/embedded-queue.ts';
import { Retention } from '../../src/jobs/retention.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import {
  ended,
  jobImage,
  ManualClock,
  MemoryLog,
  newJob,
  request,
  ScriptedHandler,
  temporaryFolder,
} from './fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('retention', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ManualClock;
  let log: MemoryLog;
  let objects: FileStore;
  let jobs: EmbeddedQueue;
  let events: EmbeddedEvents;
  let handler: ScriptedHandler;
  let retention: Retention;

  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = new ManualClock();
    log = new MemoryLog();
    handler = new ScriptedHandler();
    objects = await FileStore.open(join(folder.path, 'objects'));
    const { now, monotonic } = clock;
    ({ jobs, events } = openEmbeddedJobs({ dataDir: folder.path, queueLimit: 1000, log, now, monotonic }));
    retention = new Retention({ jobs, objects, retention: 7 * DAY, log, now, monotonic });
    jobs.process(handler.handle);
  });
  afterEach(async () => {
    await retention.stop();
    const closed = jobs.close();
    handler.stop();
    await closed;
    await folder.remove();
  });

  /** Stores bytes as if it were the clock's time. */
  async function put(text: string): Promise<string> {
    const { sha256 } = await objects.put(Buffer.from(text));
    const seconds = clock.now() / 1000;
    await utimes(join(folder.path, 'objects', sha256.slice(0, 2), sha256), seconds, seconds);
    return sha256;
  }

  /** A job that ends now, and the hashes of its source and its image. */
  async function finish(source: string, image: string) {
    const hashes = [await put(source), await put(image)] as const;
    const from = { sha256: hashes[0], width: 1, height: 1 };
    const job = await jobs.enqueue(newJob({ request: request({ source: from }) }));
    (await handler.next()).succeed([jobImage({ sha256: hashes[1] })]);
    await ended(job, events);
    return { id: job.id, hashes };
  }

  const kept = (hashes: readonly string[]) => Promise.all(hashes.map((sha256) => objects.has(sha256)));

  it('removes jobs a week after their end, with what they alone referred to', async () => {
    const old = await finish('source', 'first');
    clock.time += DAY;
    const young = await finish('source', 'second');
    clock.time += 6 * DAY + 1;
    await retention.pass();
    expect(await jobs.getMany([old.id, young.id])).toEqual(['expired', expect.objectContaining({})]);
    expect(await kept([...old.hashes, ...young.hashes])).toEqual([true, false, true, true]);
    clock.time += DAY;
    await retention.pass();
    expect(await jobs.get(young.id)).toBe('expired');
    expect(await kept(young.hashes)).toEqual([false, false]);
    expect(log.facts('info')).toContainEqual({ jobs: 1, objects: 2 });
  });

  it('removes however many there are', async () => {
    for (let i = 0; i < 250; i++) await jobs.cancel((await jobs.enqueue(newJob())).id);
    clock.time += 8 * DAY;
    await retention.pass();
    expect(await jobs.list({ limit: 9, from: 'newest' })).toEqual([]);
  });

  it('leaves an object that was put again for a job that is just being accepted', async () => {
    const { id, hashes } = await finish('source', 'image');
    clock.time += 8 * DAY;
    await put('source');
    await retention.pass();
    expect(await jobs.get(id)).toBe('expired');
    expect(await kept(hashes)).toEqual([true, false]);
  });

  it('sweeps up old objects that no job refers to, and only those', async () => {
    const { hashes } = await finish('source', 'image');
    const orphan = await put('a source whose job was refused');
    clock.time += 7 * DAY + 1;
    const young = await put('the source of a job on its way');
    await retention.sweep();
    expect(await kept([...hashes, orphan, young])).toEqual([true, true, false, true]);
  });

  it('does not believe a clock that jumps forward, until it has proved right', async () => {
    const { id } = await finish('source', 'image');
    await retention.pass();
    clock.setBy = 365 * DAY;
    clock.time += HOUR;
    await retention.pass();
    expect(await jobs.get(id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(log.facts('warn')).toEqual([{ setBy: 365 * DAY }]);
    clock.setBy = 0;
    clock.time += HOUR;
    await retention.pass();
    expect(await jobs.get(id)).toMatchObject({ status: 'SUCCEEDED' });
    clock.setBy = 365 * DAY;
    await retention.pass();
    clock.time += HOUR;
    await retention.pass();
    expect(await jobs.get(id)).toBe('expired');
  });

  it('is not misled by a machine that slept: time that has passed is no jump', async () => {
    const { id } = await finish('source', 'image');
    await retention.pass();
    clock.time += 8 * DAY;
    await retention.pass();
    expect(await jobs.get(id)).toBe('expired');
  });
});
