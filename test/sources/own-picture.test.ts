import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplePicture, ownPicture } from '../../src/sources/own-picture.ts';
import { FileStore } from '../../src/storage/file-store.ts';

describe('A picture of the server itself', () => {
  let folder: string;
  let objects: FileStore;
  let sha256: string;
  const stored = Buffer.from('as it is stored');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-own-picture-'));
    objects = await FileStore.open(folder);
    ({ sha256 } = await objects.put(stored));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://127.0.0.1:4000', 'http://localhost:4000'],
    ['http://localhost:4000', 'http://[::1]:4000'],
    ['http://10.0.0.5', 'http://10.0.0.5:80'],
    ['https://art.example/latentql', 'https://art.example/latentql'],
  ])('that is reached as %s is known at %s', async (baseUrl, address) => {
    for (const file of [`${sha256}.png`, `${sha256}.webp?quality=50`, `${sha256}.avif#x`]) {
      expect(await ownPicture(`${address}/images/${file}`, [baseUrl], objects)).toEqual(stored);
    }
    expect(await ownPicture(`${address}/example.png`, [baseUrl], objects)).toEqual(await examplePicture());
  });

  test.each([
    'https://127.0.0.1:4000/example.png',
    'http://127.0.0.1:4001/example.png',
    'http://10.0.0.5:4000/example.png',
    'http://127.0.0.1.evil.example:4000/example.png',
    'http://127.0.0.1:4000/health',
    'http://127.0.0.1:4000/images/x.png',
    'data:image/png;base64,AAAA',
    'no address',
  ])('that is reached as http://127.0.0.1:4000 is not %s', async (address) => {
    expect(await ownPicture(address, ['http://127.0.0.1:4000'], objects)).toBeUndefined();
  });

  test('is known by its path alone', async () => {
    for (const base of ['http://127.0.0.1:4000', 'https://art.example/latentql']) {
      expect(await ownPicture('/example.png', [base], objects)).toEqual(await examplePicture());
      expect(await ownPicture(`/images/${sha256}.webp?quality=50`, [base], objects)).toEqual(stored);
      expect(await ownPicture('//evil.example/example.png', [base], objects)).toBeUndefined();
      expect(await ownPicture('/\\evil.example/example.png', [base], objects)).toBeUndefined();
    }
  });

  test('is missed by its path where there is none', async () => {
    for (const path of ['/nothing.png', '/health', `/images/${'0'.repeat(64)}.png`]) {
      await expect(ownPicture(path, ['http://127.0.0.1:4000'], objects)).rejects.toMatchObject({
        code: 'IMAGE_UNREACHABLE',
        message: expect.stringContaining('this server has no image') as string,
      });
    }
  });

  test('is none where the request names no host that can be', async () => {
    expect(await ownPicture('http://a/example.png', ['http://%%'], objects)).toBeUndefined();
  });

  test('is not looked for above the path of the address', async () => {
    const base = 'https://art.example/latentql';
    expect(await ownPicture('https://art.example/example.png', [base], objects)).toBeUndefined();
    expect(await ownPicture('https://art.example/latentql2/example.png', [base], objects)).toBeUndefined();
  });
});
