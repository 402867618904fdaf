import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClockMark } from '../../src/jobs/clock-guard.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { JobQueue } from '../../src/jobs/queue.ts';
import { Retention } from '../../src/jobs/retention.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { Gate, ManualClock, MemoryLog, newJob, request, temporaryFolder } from './fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('retention', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ManualClock;
  let log: MemoryLog;
  let objects: FileStore;
  let queue: JobQueue;
  let retention: Retention;

  const makeRetention = (keeping = 7 * DAY) =>
    new Retention({
      queue,
      objects,
      mark: new ClockMark(folder.path),
      retention: keeping,
      log,
      now: clock.now,
      monotonic: clock.monotonic,
    });

  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = new ManualClock();
    log = new MemoryLog();
    objects = await FileStore.open(join(folder.path, 'objects'));
    ({ queue } = openSqliteJobs({ dataDir: folder.path, queueLimit: 1000, log, now: clock.now }));
    retention = makeRetention();
  });
  afterEach(async () => {
    await retention.stop();
    await queue.close();
    await folder.remove();
  });

  /** Stores bytes as if it were the clock's time. */
  async function put(text: string): Promise<string> {
    const { sha256 } = await objects.put(Buffer.from(text));
    const seconds = clock.now() / 1000;
    await utimes(join(folder.path, 'objects', sha256.slice(0, 2), sha256), seconds, seconds);
    return sha256;
  }

  /** A job that ends now, and the hash of its source. */
  async function finish(source: string): Promise<{ id: string; sha256: string }> {
    const sha256 = await put(source);
    const { id } = await queue.enqueue(
      newJob({ request: request({ source: { sha256, width: 1, height: 1 } }) }),
    );
    await queue.cancel(id);
    return { id, sha256 };
  }

  const kept = (hashes: readonly string[]) => Promise.all(hashes.map((sha256) => objects.has(sha256)));
  const statusOf = async (id: string) => {
    const found = await queue.get(id);
    return typeof found === 'string' ? found : found.status;
  };

  it('removes jobs a week after their end, with what they alone referred to', async () => {
    const old = [await finish('shared'), await finish('its own')] as const;
    clock.time += DAY;
    const young = await finish('shared');
    clock.time += 6 * DAY + 1;
    await retention.pass();
    expect(await Promise.all([...old, young].map(({ id }) => statusOf(id)))).toEqual([
      'expired',
      'expired',
      'CANCELED',
    ]);
    expect(await kept([young.sha256, old[1].sha256])).toEqual([true, false]);
    clock.time += DAY;
    await retention.pass();
    expect(await statusOf(young.id)).toBe('expired');
    expect(await kept([young.sha256])).toEqual([false]);
    expect(log.facts('info')).toContainEqual({ jobs: 1, objects: 1 });
  });

  it.each([7 * DAY, 0])(
    'removes uploads that no job has used for a day, where jobs are kept for %i milliseconds',
    async (keeping) => {
      retention = makeRetention(keeping);
      const { id, sha256: source } = await finish('used by a job');
      const hashes = [source, ...(await Promise.all(['old', 'used again'].map(put)))];
      for (const sha256 of hashes) await queue.keepUpload(sha256, 'anna');
      clock.time += DAY / 2;
      await queue.keepUpload(hashes[2]!, 'anna');
      await retention.pass();
      expect(await kept(hashes)).toEqual([true, true, true]);
      clock.time += DAY / 2 + 1;
      await retention.pass();
      expect(await kept(hashes)).toEqual([true, false, true]);
      clock.time += DAY;
      await retention.pass();
      expect(await kept(hashes)).toEqual([true, false, false]);
      expect(await statusOf(id)).toBe('CANCELED');
      expect(log.facts('info')).toContainEqual({ uploads: 2 });
    },
  );

  it('removes however many there are', async () => {
    for (let i = 0; i < 110; i++) await finish(`source ${i}`);
    clock.time += 8 * DAY;
    await retention.pass();
    expect(await queue.list({ limit: 9, from: 'newest' })).toEqual([]);
    expect(retention.state).toEqual({
      lastPass: clock.now(),
      lagSeconds: 0,
      removed: 110,
      sweepRefused: false,
    });
  });

  it('lets the event loop turn between two batches of a pass', async () => {
    for (let i = 0; i < 110; i++) await queue.cancel((await queue.enqueue(newJob())).id);
    clock.time += 8 * DAY;
    let turns = 0;
    let counting = setImmediate(function turn() {
      turns++;
      counting = setImmediate(turn);
    });
    await retention.pass();
    clearImmediate(counting);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('leaves an object that was put again for a job that is just being accepted', async () => {
    const { id, sha256 } = await finish('source');
    clock.time += 8 * DAY;
    await put('source');
    await retention.pass();
    expect([await statusOf(id), await objects.has(sha256)]).toEqual(['expired', true]);
  });

  it('says how late a pass is', () => {
    clock.time += HOUR;
    expect(retention.state.lagSeconds).toBe(0);
    clock.time += 90_000;
    expect(retention.state.lagSeconds).toBe(90);
  });

  it('removes nothing while it is held off, and goes on afterwards', async () => {
    const { id, sha256 } = await finish('source');
    clock.time += 8 * DAY;
    const backup = new Gate();
    const held = retention.hold(() => backup.passed);
    const passing = retention.pass();
    const removing = retention.removeObjects([sha256]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([await statusOf(id), await objects.has(sha256)]).toEqual(['CANCELED', true]);
    backup.open();
    await Promise.all([held, passing, removing]);
    expect([await statusOf(id), await objects.has(sha256)]).toEqual(['expired', false]);
  });

  describe('sweep', () => {
    it('removes old objects that no job refers to, and only those', async () => {
      const { sha256 } = await finish('source');
      const orphan = await put('a source whose job was refused');
      clock.time += 7 * DAY + 1;
      const young = await put('the source of a job on its way');
      await retention.sweep();
      expect(await kept([sha256, orphan, young])).toEqual([true, false, true]);
    });

    it('removes nothing where the jobs know nothing of most objects, and says what to do', async () => {
      const hashes: string[] = [];
      for (let i = 0; i < 101; i++) hashes.push((await finish(`source ${i}`)).sha256);
      await queue.close();
      const dataDir = join(folder.path, 'new');
      ({ queue } = openSqliteJobs({ dataDir, queueLimit: 1000, log, now: clock.now }));
      retention = makeRetention();
      clock.time += 8 * DAY;
      await retention.sweep();
      expect(await kept(hashes)).not.toContain(false);
      expect(retention.state.sweepRefused).toBe(true);
      expect(log.lines).toContainEqual({
        level: 'error',
        facts: { old: 101, unknown: 101 },
        message: expect.stringContaining('check --remove-unreferenced') as string,
      });
    });

    it('removes more than a hundred objects where the jobs know most of them', async () => {
      const old = await Promise.all(Array.from({ length: 150 }, (_, i) => put(`orphan ${i}`)));
      for (let i = 0; i < 151; i++) await finish(`source ${i}`);
      clock.time += 7 * DAY + 1;
      await retention.sweep();
      expect(await kept(old)).not.toContain(true);
      expect(retention.state.sweepRefused).toBe(false);
    });
  });

  describe('where the clock was set forward', () => {
    const isKept = async (id: string) => ((await queue.get(id)) as Job).status === 'CANCELED';

    it('removes nothing until the new time has held for a day', async () => {
      const { id } = await finish('source');
      await retention.pass();
      clock.setBy = 365 * DAY;
      for (let hours = 0; hours <= 24; hours++) {
        clock.time += HOUR;
        if (hours > 0) expect(await isKept(id)).toBe(true);
        await retention.pass();
      }
      expect(await statusOf(id)).toBe('expired');
      expect(log.facts('warn')).toEqual([{ setBy: 365 * DAY, holding: DAY }]);
    });

    it('begins to wait anew with each time that it is set', async () => {
      const { id } = await finish('source');
      await retention.pass();
      for (const setBy of [365 * DAY, 0, 365 * DAY, 700 * DAY]) {
        clock.setBy = setBy;
        await retention.pass();
        clock.time += 23 * HOUR;
        await retention.pass();
      }
      expect(await isKept(id)).toBe(true);
      expect(log.facts('warn')).toHaveLength(3);
    });

    it('does not believe it at its start either, by the time that was written before', async () => {
      const { id, sha256 } = await finish('source');
      const orphan = await put('orphan');
      await retention.pass();
      clock.setBy = 365 * DAY;
      clock.time += HOUR;
      retention = makeRetention();
      await retention.pass();
      await retention.sweep();
      expect([await isKept(id), ...(await kept([sha256, orphan]))]).toEqual([true, true, true]);
      retention = makeRetention(); // and a second start does not take the wrong time for the last known one
      await retention.pass();
      expect(await isKept(id)).toBe(true);
      clock.time += DAY;
      await retention.pass();
      expect(await statusOf(id)).toBe('expired');
    });

    it('still removes what has expired by the time that has really passed', async () => {
      const { id } = await finish('source');
      await retention.pass();
      clock.time += 7 * DAY - HOUR;
      await retention.pass();
      clock.setBy = 365 * DAY;
      await retention.pass();
      expect(await isKept(id)).toBe(true);
      clock.time += HOUR + 1;
      await retention.pass();
      expect(await statusOf(id)).toBe('expired');
    });

    it('is not misled by a machine that slept: time that has passed is no jump', async () => {
      const { id } = await finish('source');
      await retention.pass();
      clock.time += 8 * DAY;
      await retention.pass();
      expect(await statusOf(id)).toBe('expired');
    });
  });
});
