import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStore } from '../../src/storage/file-store.ts';
import { StorageFullError, StorageUnavailableError } from '../../src/storage/object-store.ts';
import { RetryingStore } from '../../src/storage/retrying-store.ts';
import { MemoryLog } from '../jobs/fixtures.ts';

const bytes = Buffer.from('a picture');

describe('RetryingStore', () => {
  let root: string;
  let files: FileStore;
  let log: MemoryLog;
  let time: number;
  let pauses: number[];
  /** What happens while the store waits. */
  let meanwhile: () => Promise<void>;
  let store: RetryingStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'latentql-store-'));
    files = await FileStore.open(join(root, 'objects'));
    log = new MemoryLog();
    time = 0;
    pauses = [];
    meanwhile = () => Promise.resolve();
    const pause = async (milliseconds: number) => {
      pauses.push(milliseconds);
      time += milliseconds;
      await meanwhile();
    };
    store = new RetryingStore({ store: files, log, monotonic: () => time, pause });
  });
  afterEach(() => rm(root, { recursive: true }));

  const unmount = () => rename(join(root, 'objects'), join(root, 'away'));
  const mount = () => rename(join(root, 'away'), join(root, 'objects'));

  it('stores a picture in a folder that is away for six seconds', async () => {
    await unmount();
    meanwhile = async () => {
      if (time >= 6000 && pauses.length === 5) await mount();
    };
    const { sha256 } = await store.put(bytes);
    expect(await files.get(sha256)).toEqual(bytes);
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000]);
    expect(store.errors).toBe(5);
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'error: the object store failed; its calls are retried for five minutes',
      'info: the object store works again',
    ]);
    expect(log.facts('info')).toEqual([{ seconds: 8, errors: 5 }]);
  });

  it('gives up after five minutes, at most ten seconds between two attempts', async () => {
    const { sha256 } = await store.put(bytes);
    await unmount();
    await expect(store.get(sha256)).rejects.toThrow(StorageUnavailableError);
    expect(time).toBeGreaterThan(280_000);
    expect(time).toBeLessThanOrEqual(300_000);
    expect(Math.max(...pauses)).toBe(10_000);
    await expect(store.has(sha256)).rejects.toThrow(/has failed for \d+ s: the folder .* is gone/);
    await expect(store.delete(sha256)).rejects.toThrow(StorageUnavailableError);
    expect(log.facts('error')).toHaveLength(1);
    await mount();
    expect(await store.has(sha256)).toBe(true);
  });

  it('does not wait for room, for an object that is missing or for a malformed name', async () => {
    const full = new StorageFullError('no room');
    const others = { get: () => Promise.resolve(undefined), put: () => Promise.reject(full) };
    const subject = new RetryingStore({
      store: Object.assign(Object.create(files) as FileStore, others),
      log,
    });
    await expect(subject.put(bytes)).rejects.toBe(full);
    expect(await subject.get('ab'.repeat(32))).toBeUndefined();
    await expect(subject.has('../../etc/passwd')).rejects.toThrow(RangeError);
    expect([subject.errors, log.lines]).toEqual([0, []]);
  });

  it('answers a check at once', async () => {
    await store.check();
    await unmount();
    await expect(store.check()).rejects.toThrow(StorageUnavailableError);
    expect(pauses).toEqual([]);
  });
});
