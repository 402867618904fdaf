import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StorageUnavailableError } from '../../src/storage/object-store.ts';
import { S3Store } from '../../src/storage/s3-store.ts';
import { describeObjectStore } from '../storage/object-store.suite.ts';
import { startS3 } from './s3-server.ts';

let s3: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  s3 = await startS3('pictures');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.stop();
});

describeObjectStore('S3Store', () => {
  const url = `s3://pictures/${randomUUID()}/objects`;
  return Promise.resolve({ open: () => S3Store.open(url), remove: () => Promise.resolve() });
});

describe('S3Store', () => {
  it('keeps prefixes of one bucket apart, and takes none', async () => {
    const [a, b, root] = [
      await S3Store.open('s3://pictures/a/'),
      await S3Store.open('s3://pictures/b'),
      await S3Store.open('s3://pictures'),
    ];
    const { sha256 } = await a.put(Buffer.from('x'));
    expect([await a.has(sha256), await b.has(sha256), await root.has(sha256)]).toEqual([true, false, false]);
    await root.put(Buffer.from('x'));
    expect(await root.has(sha256)).toBe(true);
  });

  it('says at the start which bucket it cannot use, and why', async () => {
    await expect(S3Store.open('s3://nowhere/x')).rejects.toThrow(
      /^STORAGE_URL: the bucket nowhere cannot be used: .*HTTP 404/,
    );
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:1');
    await expect(S3Store.open('s3://pictures')).rejects.toThrow(/pictures cannot be used: .*ECONNREFUSED/);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.env.AWS_ENDPOINT_URL_S3);
  });

  it('fails its check where the bucket does not answer', async () => {
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const other = await startS3('elsewhere');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', other.env.AWS_ENDPOINT_URL_S3);
    const store = await S3Store.open('s3://elsewhere');
    await store.check();
    await other.stop();
    await expect(store.check()).rejects.toThrow(StorageUnavailableError);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.env.AWS_ENDPOINT_URL_S3);
  });
});
