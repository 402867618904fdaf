import { randomBytes } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ended, jobImage, newJob } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** What a client sees of a picture: the status and the error of its address, and the error of its data: URI. */
interface Seen {
  readonly status: number;
  readonly error: unknown;
}

describe('A picture of a job whose file', () => {
  let sha256: string;
  let file: string;
  let id: string;
  let shade = 0;
  beforeEach(async () => {
    const { jobs, objects, config } = server.services;
    const png = await sharp({
      create: { width: 9, height: 9, channels: 3, background: { r: ++shade, g: 0, b: 0 } },
    })
      .png()
      .toBuffer();
    const stored = await objects.put(png);
    ({ sha256 } = stored);
    file = join(config.dataDir, 'objects', sha256.slice(0, 2), sha256);
    const job = await jobs.enqueue(newJob());
    (await server.handler.next()).succeed([jobImage(stored)]);
    await ended(jobs, job.id);
    id = `Image:${job.id}:0`;
  });

  const at = async (path: string): Promise<Seen> => {
    const response = await fetch(`${server.url}/images/${sha256}${path}`);
    return { status: response.status, error: ((await response.json()) as { error: unknown }).error };
  };
  const asked = async (query: string) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id } }),
    });
    return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: unknown }[] };
  };
  const lost = (state: string) => ({
    code: 'IMAGE_LOST',
    message: `the picture ${sha256} is ${state} in the object store: ask its operator for a backup`,
  });
  const dataUri = (options = '') =>
    `query ($id: ID!) { node(id: $id) { ... on Image { dataUri${options} } } }`;
  const logged = () =>
    server.logged.filter((line) => line['sha256'] === sha256).map(({ level, msg }) => ({ level, msg }));

  test('is missing is an error of the server, at its address and as data, and the log names it', async () => {
    await rm(file);
    for (const path of ['.png', '.webp', '.png?size=64'])
      expect(await at(path)).toEqual({ status: 500, error: lost('missing') });
    const { code, message } = lost('missing');
    expect((await asked(dataUri())).errors).toMatchObject([{ message, extensions: { code } }]);
    expect(logged()).toEqual(
      Array(4).fill({ level: 50, msg: 'a stored picture is lost: latentql check finds all' }),
    );
  });

  test.each<[string, () => Promise<void>]>([
    ['was cut short', () => truncate(file, 50)],
    ['is empty', () => truncate(file, 0)],
    ['holds something else', () => writeFile(file, 'something else')],
    [
      'holds another picture',
      async () => {
        await writeFile(
          file,
          await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
            .webp()
            .toBuffer(),
        );
      },
    ],
    [
      'holds another PNG',
      async () => {
        await writeFile(
          file,
          await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
            .png()
            .toBuffer(),
        );
      },
    ],
  ])('%s is an error of the server, and never another picture', async (_what, damage) => {
    await damage();
    for (const path of ['.png', '.webp', '.png?size=64'])
      expect(await at(path)).toEqual({ status: 500, error: lost('damaged') });
    const { code, message } = lost('damaged');
    for (const options of ['', '(size: 64)', '(format: JPEG)'])
      expect((await asked(dataUri(options))).errors).toMatchObject([{ message, extensions: { code } }]);
  });

  test('is damaged is named by the field that gave it as a source', async () => {
    await truncate(file, 50);
    const query = `mutation ($id: ID!) {
      img2img(input: { model: flux1_schnell, width: 64, height: 64, imageId: $id }) { userErrors { code field } }
    }`;
    expect((await asked(query)).data).toEqual({
      img2img: { userErrors: [{ code: 'IMAGE_INVALID', field: ['input', 'imageId'] }] },
    });
  });
});

describe('A large picture', () => {
  let sha256: string;
  let file: string;
  let bytes: Buffer;
  beforeEach(async () => {
    const { jobs, objects, config } = server.services;
    bytes = await sharp(randomBytes(300 * 300 * 3), { raw: { width: 300, height: 300, channels: 3 } })
      .png()
      .toBuffer();
    ({ sha256 } = await objects.put(bytes));
    file = join(config.dataDir, 'objects', sha256.slice(0, 2), sha256);
    await jobs.keepUpload(sha256, '');
  });
  const get = () => fetch(`${server.url}/images/${sha256}.png`);

  test('is served as it was stored', async () => {
    expect(Buffer.from(await (await get()).arrayBuffer()).equals(bytes)).toBe(true);
    expect((await fetch(`${server.url}/images/${sha256}.png`, { method: 'HEAD' })).status).toBe(200);
  });

  test('that was cut short is an error of the server', async () => {
    await truncate(file, bytes.length - 1);
    const response = await get();
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: 'IMAGE_LOST' } });
  });

  test('with other bytes in its middle never arrives whole, and the log names it', async () => {
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
    const response = await get();
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(server.logged.filter((line) => line['sha256'] === sha256)).toMatchObject([
      { level: 50, msg: 'a stored picture is lost: latentql check finds all' },
    ]);
  });

  test('that was uploaded with bytes behind its end is served with them', async () => {
    const longer = Buffer.concat([bytes, Buffer.from('and more')]);
    const { objects, jobs } = server.services;
    ({ sha256 } = await objects.put(longer));
    await jobs.keepUpload(sha256, '');
    expect(Buffer.from(await (await get()).arrayBuffer()).equals(longer)).toBe(true);
  });
});

test('An upload whose file is missing or damaged is an error of the server, not an unknown one', async () => {
  const { jobs, objects, config } = server.services;
  const png = await sharp({ create: { width: 7, height: 7, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const { sha256 } = await objects.put(png);
  await jobs.keepUpload(sha256, '');
  const file = join(config.dataDir, 'objects', sha256.slice(0, 2), sha256);
  const found = async () => {
    const query = `{ node(id: "SourceImage:${sha256}") { id } }`;
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`);
    const { errors } = (await response.json()) as { errors?: { message: string }[] };
    return errors?.map(({ message }) => message);
  };
  expect(await found()).toBeUndefined();
  await truncate(file, 10);
  expect(await found()).toEqual([
    `the picture ${sha256} is damaged in the object store: ask its operator for a backup`,
  ]);
  await rm(file);
  expect(await found()).toEqual([
    `the picture ${sha256} is missing in the object store: ask its operator for a backup`,
  ]);
});
