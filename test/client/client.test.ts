import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClientError, type Img2ImgEvent, LatentQL } from '../../src/client/index.ts';
import { latent, startTestServer, type TestServer } from '../server/fixtures.ts';

let server: TestServer;
let client: LatentQL;
beforeEach(async () => {
  server = await startTestServer({ API_KEYS: 'key' });
  client = new LatentQL({ url: `${server.url}/`, key: 'key' });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const picture = async (): Promise<Blob> => {
  const pixels = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;
  return new Blob([new Uint8Array(await sharp(pixels).png().toBuffer())]);
};

test('The client uploads a picture, watches the job to its end and reads it again', async () => {
  const job = await client.img2img({ model: 'starter', width: 64, height: 64, image: await picture() });
  const { run, succeed } = await server.handler.next();
  const events: Img2ImgEvent[] = [];
  for await (const event of client.watch(job.id, { preview: 32 })) {
    events.push(event);
    if (event.__typename === 'Img2ImgStep') succeed();
    else if (events.length === 1)
      run.report({ stage: 'SAMPLING', step: 1, totalSteps: 4 }, { sigma: 1, preview: latent(1) });
  }
  const step = events.find(({ __typename }) => __typename === 'Img2ImgStep');
  expect(step).toMatchObject({ step: 1, totalSteps: 4, preview: { width: 32 } });
  expect(events.at(-1)).toMatchObject({ __typename: 'Img2ImgCompleted', job: { status: 'SUCCEEDED' } });
  expect(await client.job(job.id)).toMatchObject({ id: job.id, status: 'SUCCEEDED' });
  expect((await client.models()).map(({ name }) => name)).toContain('starter');
});

test('The client uploads every picture of a request, wherever it stands in it', async () => {
  const [source, mask] = [await picture(), await picture()];
  const input = {
    model: 'starter',
    width: 64,
    height: 64,
    image: source,
    mask: { image: mask, grow: 2 },
  } as const;
  const job = await client.img2img(input);
  const run = await server.handler.next();
  const { source: stored, mask: storedMask } = run.job.request;
  expect([stored, storedMask]).toMatchObject([{ width: 8, height: 8 }, { grow: 2 }]);
  run.succeed();
  await vi.waitFor(async () => {
    expect((await client.job(job.id))?.status).toBe('SUCCEEDED');
  });
  const controls = [{ model: 'unknown', image: mask }];
  await expect(client.img2img({ model: 'starter', controls })).rejects.toThrow(/unknown/);
});

test('The client cancels a job', async () => {
  const { id } = await client.img2img({ model: 'starter' });
  await client.cancel(id);
  const statuses: string[] = [];
  for await (const { job } of client.watch(id)) statuses.push(job.status);
  expect(statuses.at(-1)).toBe('CANCELED');
});

test('The client throws what a server refuses, with its code', async () => {
  const failed = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error as ClientError,
    );
  const wrong = await failed(client.img2img({ model: 'starter', width: 63 }));
  expect(wrong).toBeInstanceOf(ClientError);
  expect(wrong).toMatchObject({ code: 'INVALID_VALUE', field: ['input', 'width'] });
  const stranger = new LatentQL({ url: server.url });
  expect(await failed(stranger.models())).toMatchObject({ name: 'ClientError', code: 'UNAUTHENTICATED' });
  const events = stranger.watch('0198c7b0-0000-7000-8000-000000000000');
  expect(await failed(events.next())).toBeInstanceOf(ClientError);
  await stranger.close();
  const nothing = await failed(client.download({ url: `${server.url}/images/${'0'.repeat(64)}.png` }));
  expect(nothing?.message).toMatch(/answered 404$/);
});

test('The client says whether a server is not a LatentQL server, or cannot be reached', async () => {
  const other = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const there = new LatentQL({ url: `http://127.0.0.1:${port}` });
  await expect(there.models()).rejects.toThrow(/answered 200 without GraphQL: is it the address/);
  other.close();
  const nowhere = new LatentQL({ url: 'http://127.0.0.1:1' });
  await expect(nowhere.models()).rejects.toThrow(/cannot be reached: .*ECONNREFUSED|bad port/);
});
