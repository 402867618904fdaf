import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/storage/object-store.ts';

/** A place, empty at first, on which a store can be opened again and again. */
export interface StorePlace {
  open(): Promise<ObjectStore>;
  remove(): Promise<void>;
}

const bytes = Buffer.from('a picture');
const sha256 = createHash('sha256').update(bytes).digest('hex');

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What every ObjectStore promises. */
export function describeObjectStore(name: string, create: () => Promise<StorePlace>): void {
  describe(`${name} as an ObjectStore`, () => {
    let place: StorePlace;
    let store: ObjectStore;
    beforeEach(async () => {
      place = await create();
      store = await place.open();
    });
    afterEach(() => place.remove());

    it('gives back what was put, under the hash of its bytes, to whoever opens it', async () => {
      expect(await store.put(bytes)).toEqual({ sha256, byteSize: bytes.length });
      expect(await store.get(sha256)).toEqual(bytes);
      const other = await place.open();
      expect(await other.get(sha256)).toEqual(bytes);
      expect(await other.has(sha256)).toBe(true);
    });

    it('takes the same bytes again, several times at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)));
      expect(await store.get(sha256)).toEqual(bytes);
      expect(await all(store.list())).toHaveLength(1);
    });

    it('stores empty objects and large ones', async () => {
      const empty = await store.put(new Uint8Array());
      expect(await store.get(empty.sha256)).toEqual(Buffer.alloc(0));
      const large = Buffer.alloc(6_000_000, 'pixels ');
      const stored = await store.get((await store.put(large)).sha256);
      expect(stored?.equals(large)).toBe(true);
      const opened = await store.open(createHash('sha256').update(large).digest('hex'));
      expect(opened?.byteSize).toBe(large.length);
      expect((await buffer(opened!.stream)).equals(large)).toBe(true);
    });

    it('knows nothing of objects that were never put or are deleted', async () => {
      expect(await store.get(sha256)).toBeUndefined();
      expect(await store.open(sha256)).toBeUndefined();
      expect(await store.has(sha256)).toBe(false);
      await store.put(bytes);
      expect(await store.delete(sha256)).toBe(true);
      expect(await store.delete(sha256)).toBe(true);
      expect(await store.get(sha256)).toBeUndefined();
    });

    it('deletes only what was last put before a time, and says whether it is gone', async () => {
      await store.put(bytes);
      const [object] = await all(store.list());
      expect(await store.delete(sha256, object!.putAt)).toBe(false);
      expect(await store.has(sha256)).toBe(true);
      expect(await store.delete(sha256, object!.putAt + 1000)).toBe(true);
      expect(await store.has(sha256)).toBe(false);
    });

    it('lists every object with the time of its put', async () => {
      expect(await all(store.list())).toEqual([]);
      const hashes: string[] = [];
      for (let i = 0; i < 20; i++) hashes.push((await store.put(Buffer.of(i))).sha256);
      const listed = await all(store.list());
      expect(listed.map((one) => one.sha256).toSorted()).toEqual(hashes.toSorted());
      expect(listed.every(({ putAt }) => Math.abs(Date.now() - putAt) < 60_000)).toBe(true);
    });

    it('can be checked for whether it takes objects, which adds none', async () => {
      await store.check();
      expect(await all(store.list())).toEqual([]);
    });

    it.each(['', '../../etc/passwd', sha256.toUpperCase(), `${sha256}0`, `${sha256}\n`])(
      'refuses %j as a hash',
      async (hash) => {
        await expect(store.get(hash)).rejects.toThrow(RangeError);
        await expect(store.open(hash)).rejects.toThrow(RangeError);
        await expect(store.has(hash)).rejects.toThrow(RangeError);
        await expect(store.delete(hash)).rejects.toThrow(RangeError);
      },
    );
  });
}
