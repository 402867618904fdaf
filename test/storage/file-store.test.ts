import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../src/storage/file-store.ts';
import { StorageFullError, StorageUnavailableError } from '../../src/storage/object-store.ts';

const bytes = Buffer.from('a picture');
const sha256 = createHash('sha256').update(bytes).digest('hex');

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('FileStore', () => {
  let root: string;
  let folder: string;
  let store: FileStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'latentql-store-'));
    folder = join(root, 'data', 'objects');
    store = await FileStore.open(folder);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(root, { recursive: true });
  });

  /** The prototype of every open file, for faults of the disk. */
  const fileHandle = async () => {
    const file = await open(folder);
    await file.close();
    return Object.getPrototypeOf(file) as typeof file;
  };

  it('gives back what was put, under the hash of its bytes', async () => {
    expect(await store.put(bytes)).toEqual({ sha256, byteSize: bytes.length });
    expect(await store.get(sha256)).toEqual(bytes);
    expect(await store.has(sha256)).toBe(true);
    expect(await readdir(join(folder, sha256.slice(0, 2)))).toEqual([sha256]);
  });

  it('keeps objects over a restart', async () => {
    await store.put(bytes);
    expect(await (await FileStore.open(folder)).get(sha256)).toEqual(bytes);
  });

  it('knows nothing of objects that were never put or are deleted', async () => {
    expect(await store.get(sha256)).toBeUndefined();
    await store.put(bytes);
    await store.delete(sha256);
    await store.delete(sha256);
    expect(await store.has(sha256)).toBe(false);
  });

  it('deletes only what was last put before a time, and says whether it is gone', async () => {
    await store.put(bytes);
    const { mtimeMs } = await stat(join(folder, sha256.slice(0, 2), sha256));
    expect(await store.delete(sha256, mtimeMs)).toBe(false);
    expect(await store.has(sha256)).toBe(true);
    expect(await store.delete(sha256, mtimeMs + 1)).toBe(true);
    expect(await store.has(sha256)).toBe(false);
    expect(await store.delete(sha256, 0)).toBe(true);
  });

  it('counts an object that is put again as new, so that it is not deleted as old', async () => {
    await store.put(bytes);
    await utimes(join(folder, sha256.slice(0, 2), sha256), 1, 1);
    const before = Date.now();
    await store.put(bytes);
    const [object] = await all(store.list());
    expect(object?.putAt).toBeGreaterThanOrEqual(before - 1);
    expect(await store.delete(sha256, before - 1)).toBe(false);
  });

  it('writes an object again that is deleted while it is put', async () => {
    await store.put(bytes);
    const putting = Array.from({ length: 50 }, async () => {
      await store.put(bytes);
      return store.has(sha256);
    });
    await store.delete(sha256, Date.now() - 60_000);
    expect(await Promise.all(putting)).not.toContain(false);
  });

  it('lists every object and nothing else', async () => {
    expect(await all(store.list())).toEqual([]);
    const hashes: string[] = [];
    for (let i = 0; i < 20; i++) hashes.push((await store.put(Buffer.of(i))).sha256);
    await writeFile(join(folder, 'tmp', 'half-written'), 'x');
    await writeFile(join(folder, hashes[0]!.slice(0, 2), 'notes.txt'), 'x');
    const listed = await all(store.list());
    expect(listed.map((one) => one.sha256).toSorted()).toEqual(hashes.toSorted());
    expect(listed.every(({ putAt }) => Math.abs(Date.now() - putAt) < 60_000)).toBe(true);
  });

  it('stores empty objects too', async () => {
    const empty = await store.put(new Uint8Array());
    expect(await store.get(empty.sha256)).toEqual(Buffer.alloc(0));
  });

  it('writes equal bytes once, however many put them at a time', async () => {
    const other = await FileStore.open(folder);
    const writes = vi.spyOn(await fileHandle(), 'writeFile');
    await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)));
    await other.put(bytes);
    expect(writes).toHaveBeenCalledTimes(1);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  it('flushes the file and every folder with a new name before it says so', async () => {
    const flushed = vi.spyOn(await fileHandle(), 'sync');
    await store.put(bytes);
    expect(flushed).toHaveBeenCalledTimes(3); // file, objects/ with the new folder, the folder with the file
    await store.put(bytes);
    expect(flushed).toHaveBeenCalledTimes(4); // perhaps another process wrote it and has not flushed yet
  });

  it('replaces an object whose file is short', async () => {
    await store.put(bytes);
    await writeFile(join(folder, sha256.slice(0, 2), sha256), 'a pic');
    await store.put(bytes);
    expect(await store.get(sha256)).toEqual(bytes);
  });

  it.each(['ENOSPC', 'EDQUOT'])('says that it is full on %s and leaves nothing behind', async (code) => {
    const full = Object.assign(new Error(`${code}: no space left on device`), { code });
    vi.spyOn(await fileHandle(), 'writeFile').mockRejectedValueOnce(full);
    const put = store.put(bytes);
    await expect(put).rejects.toThrow(StorageFullError);
    await expect(put).rejects.toThrow(`no room for ${bytes.length} bytes in ${folder}`);
    expect(await store.has(sha256)).toBe(false);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
    await store.put(bytes);
    expect(await store.get(sha256)).toEqual(bytes);
  });

  it('passes other faults of the disk on', async () => {
    const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    vi.spyOn(await fileHandle(), 'sync').mockRejectedValueOnce(broken);
    await expect(store.put(bytes)).rejects.toBe(broken);
    expect(await store.has(sha256)).toBe(false);
  });

  it.each(['', '../../etc/passwd', sha256.toUpperCase(), sha256.slice(1), `${sha256}0`, `${sha256}\n`])(
    'refuses %j as a hash',
    async (name) => {
      for (const use of [store.get(name), store.has(name), store.delete(name)]) {
        await expect(use).rejects.toThrow('expected 64 lower-case hex digits');
      }
    },
  );

  it('clears what a crash left half-written, and only that', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(folder, 'tmp', name)) as [string, string];
    await writeFile(old, 'half');
    await writeFile(young, 'half');
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(old, longAgo, longAgo);
    await FileStore.open(folder);
    expect(await readdir(join(folder, 'tmp'))).toEqual(['young']);
  });

  describe('whose folder is gone', () => {
    beforeEach(async () => {
      await store.put(bytes);
      await rename(folder, `${folder}-away`);
      await mkdir(folder); // as the place of a share looks that is not mounted
    });

    it('calls no object missing', async () => {
      const calls = [
        () => store.get(sha256),
        () => store.has(sha256),
        () => store.delete(sha256),
        () => all(store.list()),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toThrow(StorageUnavailableError);
      }
    });

    it('stores nothing in its place', async () => {
      await expect(store.put(bytes)).rejects.toThrow(/is gone .*: mount it again/);
      await expect(store.check()).rejects.toThrow(StorageUnavailableError);
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it('can be checked, which leaves nothing behind', async () => {
    await store.check();
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  it('fails its check on a disk without room', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    vi.spyOn(await fileHandle(), 'writeFile').mockRejectedValueOnce(full);
    await expect(store.check()).rejects.toThrow(StorageFullError);
  });

  it('keeps an object that another process puts while it is deleted as old', async () => {
    const other = await FileStore.open(folder);
    const path = join(folder, sha256.slice(0, 2), sha256);
    await store.put(bytes);
    for (let round = 0; round < 50; round++) {
      await utimes(path, 1, 1);
      const before = Date.now() - 1000;
      await Promise.all([other.put(bytes), store.delete(sha256, before)]);
      expect(await store.get(sha256)).toEqual(bytes);
    }
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  it('does not hold up the event loop while it deletes', async () => {
    await store.put(bytes);
    const deleting = store.delete(sha256);
    expect(statSync(join(folder, sha256.slice(0, 2), sha256)).size).toBe(bytes.length);
    expect(await deleting).toBe(true);
  });
});
