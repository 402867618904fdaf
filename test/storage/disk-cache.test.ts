import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskCache } from '../../src/storage/disk-cache.ts';

describe('A disk cache', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-disk-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (cache: DiskCache, name: string) => {
    const opened = await cache.open(name);
    return opened && buffer(opened.stream);
  };
  const tenBytes = (value: number) => Buffer.alloc(10, value);

  it('keeps files up to its size; what was not used for longest makes room', async () => {
    const cache = await DiskCache.open(folder, 30);
    for (const i of [1, 2, 3]) await cache.put(`${i}`, tenBytes(i));
    expect(await read(cache, '1')).toEqual(tenBytes(1));
    await cache.put('4', tenBytes(4));
    expect((await readdir(folder)).sort()).toEqual(['1', '3', '4']);
    expect(await read(cache, '2')).toBeUndefined();
    await cache.put('large', Buffer.alloc(31));
    await cache.put('1', Buffer.alloc(20, 9));
    expect((await readdir(folder)).sort()).toEqual(['1', '4']);
    expect(await read(cache, '1')).toEqual(Buffer.alloc(20, 9));
  });

  it('knows what another process left, by age, and clears what is beyond its size', async () => {
    for (const i of [1, 2, 3]) {
      await writeFile(join(folder, `${i}`), tenBytes(i));
      await utimes(join(folder, `${i}`), i, i);
    }
    const cache = await DiskCache.open(folder, 20);
    expect((await readdir(folder)).sort()).toEqual(['2', '3']);
    expect(await read(cache, '3')).toEqual(tenBytes(3));
  });

  it('goes on when somebody deletes its files or its folder', async () => {
    const cache = await DiskCache.open(folder, 30);
    await cache.put('1', tenBytes(1));
    await rm(join(folder, '1'));
    expect(await read(cache, '1')).toBeUndefined();
    await rm(folder, { recursive: true });
    await cache.put('2', tenBytes(2));
    expect(await read(cache, '2')).toBeUndefined();
    folder = await mkdtemp(join(tmpdir(), 'latentql-disk-cache-'));
  });
});
