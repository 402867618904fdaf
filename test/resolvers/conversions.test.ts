import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Conversions, MAX_WAITING_CONVERSIONS } from '../../src/resolvers/conversions.ts';
import { BusyError } from '../../src/sources/byte-budget.ts';
import { DiskCache } from '../../src/storage/disk-cache.ts';
import type { StoredBytes } from '../../src/storage/object-store.ts';
import { picture, pipeline } from '../images/pictures.ts';

describe('Conversions of a picture', () => {
  const sha256 = 'ab'.repeat(32);
  let folder: string;
  let conversions: Conversions;
  let png: Buffer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-conversions-'));
    conversions = new Conversions(await DiskCache.open(folder, 2 ** 20));
    png = await pipeline(picture(32, 32)).png().toBuffer();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (made: Promise<StoredBytes | undefined>) => {
    const opened = await made;
    return opened && buffer(opened.stream);
  };
  const loader = () => vi.fn(() => Promise.resolve<Buffer | undefined>(png));

  it('are made once, in few qualities, and kept', async () => {
    const load = loader();
    const made = [];
    for (let quality = 1; quality <= 100; quality++) {
      made.push(await read(conversions.convert(sha256, { format: 'WEBP', quality }, load)));
    }
    expect(load).toHaveBeenCalledTimes(10);
    expect(made[41]).toEqual(made[49]);
    expect(made[0]!.length).toBeLessThan(made[99]!.length);
    expect(await readdir(folder)).toHaveLength(10);
    await read(conversions.convert(sha256, { format: 'JPEG', quality: undefined }, load));
    expect(load).toHaveBeenCalledTimes(11);
  });

  it('are shared by those who ask at once', async () => {
    const load = loader();
    const options = { format: 'WEBP', quality: 50 } as const;
    const all = await Promise.all(
      Array.from({ length: 5 }, () => read(conversions.convert(sha256, options, load))),
    );
    expect(all).toEqual(Array<unknown>(5).fill(all[0]));
    expect(load).toHaveBeenCalledOnce();
  });

  it('are given, too, where the disk keeps none', async () => {
    await rm(folder, { recursive: true });
    const made = await read(conversions.convert(sha256, { format: 'WEBP', quality: 50 }, loader()));
    expect(made?.subarray(8, 12).toString()).toBe('WEBP');
    folder = await mkdtemp(join(tmpdir(), 'latentql-conversions-'));
  });

  it('are none of a picture that is gone', async () => {
    const none = () => Promise.resolve(undefined);
    expect(await conversions.convert(sha256, { format: 'WEBP', quality: 50 }, none)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it('wait for each other, are given up when their clients have left, and refused when too many wait', async () => {
    const loading = new EventEmitter();
    const first = once(loading, 'end').then(() => png);
    const options = { format: 'WEBP', quality: 50 } as const;
    const running = conversions.convert('0', options, () => first);
    const load = loader();
    const leaving = [new AbortController(), new AbortController()];
    const left = leaving.map(({ signal }) => conversions.convert('1', options, load, signal));
    const waiting = Array.from({ length: MAX_WAITING_CONVERSIONS - 2 }, (_, i) =>
      conversions.convert(`waiting${i}`, options, () => Promise.resolve(undefined)),
    );
    await expect(conversions.convert('2', options, load)).rejects.toThrow(BusyError);
    for (const client of leaving) client.abort(new Error('left'));
    await Promise.all(left.map((conversion) => expect(conversion).rejects.toThrow('left')));
    loading.emit('end');
    expect(await read(running)).toBeInstanceOf(Buffer);
    await Promise.all(waiting);
    expect(load).not.toHaveBeenCalled();
    expect(await read(conversions.convert('1', options, load))).toBeInstanceOf(Buffer);
  });
});
