import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { print } from 'graphql';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Img2ImgDocument, JobsDocument, type Img2ImgMutation } from '../client/generated/graphql.ts';
import { connect, post } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

const SMALL = { model: 'starter', width: 128, height: 128, cfg: 4 } as const;

describe('Clients with different API keys', () => {
  let server: TestServer;
  let order: string[];
  beforeAll(async () => {
    server = await startTestServer({ API_KEYS: 'secret-of-anna,secret-of-bert' });
    order = [];
  });
  afterAll(() => server.close());

  const submit = async (key: string, prompt: string, idempotencyKey?: string) => {
    const variables = { input: { ...SMALL, prompt }, ...(idempotencyKey && { idempotencyKey }) };
    const { data } = await post(server.url, Img2ImgDocument, variables, { authorization: `Bearer ${key}` });
    return data!.img2img;
  };

  test('take turns, whether they come over HTTP or over a WebSocket', async () => {
    await submit('secret-of-anna', 'running');
    const running = await server.handler.next();
    for (const prompt of ['anna 1', 'anna 2', 'anna 3']) await submit('secret-of-anna', prompt);
    const client = connect(server.url, { authorization: 'Bearer secret-of-bert' });
    for (const prompt of ['bert 1', 'bert 2']) {
      const answers = client.iterate<Img2ImgMutation>({
        query: print(Img2ImgDocument),
        variables: { input: { ...SMALL, prompt } },
      });
      expect((await answers.next()).value).toMatchObject({ data: { img2img: { userErrors: [] } } });
    }
    await client.dispose();
    running.succeed();
    for (let i = 0; i < 5; i++) {
      const { job, succeed } = await server.handler.next();
      order.push(job.request.prompt);
      succeed();
    }
    expect(order).toEqual(['bert 1', 'anna 1', 'bert 2', 'anna 2', 'anna 3']);
  });

  test('may use the same idempotency key for different things', async () => {
    const anna = await submit('secret-of-anna', 'a', 'key');
    const bert = await submit('secret-of-bert', 'b', 'key');
    expect([anna.userErrors, bert.userErrors]).toEqual([[], []]);
    expect(bert.job!.id).not.toBe(anna.job!.id);
    expect((await submit('secret-of-anna', 'b', 'key')).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] },
    ]);
  });

  test('find their keys neither in the database, nor in the log, nor in any answer', async () => {
    const { config } = server.services;
    const files = await Promise.all(
      ['jobs.db', 'jobs.db-wal'].map((name) => readFile(`${config.dataDir}/${name}`, 'latin1')),
    );
    const { data } = await post(
      server.url,
      JobsDocument,
      { first: 100 },
      { authorization: 'Bearer secret-of-anna' },
    );
    const everything = [...files, JSON.stringify(server.logged), JSON.stringify(data)].join();
    expect(everything).toContain('anna 1');
    expect(everything).not.toContain('secret-of');
  });
});

describe('A request that is repeated with its idempotency key', () => {
  let pictures: Buffer[];
  let asked: number;
  const site = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' }).end(pictures[asked++ % pictures.length]);
  });
  let url: string;
  let server: TestServer;
  beforeAll(async () => {
    asked = 0;
    const picture = (background: string) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer();
    pictures = await Promise.all(['#111', '#222', '#333'].map(picture));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/random.png`;
    server = await startTestServer({ ALLOW_PRIVATE_IMAGE_URLS: 'true', QUEUE_LIMIT: '1' });
  });
  afterAll(async () => {
    await server.close();
    site.close();
  });

  const submit = async (more: object = {}) => {
    const variables = { input: { ...SMALL, imageUrl: url, seed: null }, idempotencyKey: 'key', ...more };
    return (await post(server.url, Img2ImgDocument, variables)).data!.img2img;
  };

  test('gives the same job, whatever its address shows by now and whichever seed would be drawn', async () => {
    const first = await submit();
    const again = await submit();
    expect(again).toMatchObject({ userErrors: [], job: { id: first.job!.id, input: first.job!.input } });
    expect(asked).toBe(1);
  });

  test('is another request when it asks for anything else', async () => {
    const other = await submit({ input: { ...SMALL, imageUrl: url, seed: null, steps: 3 } });
    expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    expect(other.userErrors[0]!.message).toContain('send the same request, or a new key');
  });

  test('is answered though the queue is full, while a new one is refused before its source is fetched', async () => {
    const running = await server.handler.next();
    const waiting = await submit({ idempotencyKey: 'waiting' });
    const before = asked;
    expect((await submit({ idempotencyKey: 'third' })).userErrors).toMatchObject([
      { code: 'QUEUE_FULL', field: null, retryAfter: expect.any(Number) as number },
    ]);
    expect((await submit({ idempotencyKey: 'waiting' })).job?.id).toBe(waiting.job!.id);
    expect(asked).toBe(before);
    running.succeed();
  });
});
