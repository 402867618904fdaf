import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CancelJobDocument,
  JobDocument,
  NodeDocument,
  ProgressDocument,
} from '../client/generated/graphql.ts';
import { ask, connect, post, subscribe } from '../client/request.ts';
import { ended, jobImage, newJob } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let sha256: string;
let kept: string;
let id: string;

beforeAll(async () => {
  server = await startTestServer();
  const { jobs, objects } = server.services;
  ({ sha256 } = await objects.put(Buffer.from('an image of a job that will expire')));
  ({ sha256: kept } = await objects.put(Buffer.from('an image that nobody asked to expire')));
  const job = await jobs.enqueue(newJob());
  (await server.handler.next()).succeed([jobImage({ sha256 })]);
  await ended(jobs, job.id);
  id = `Job:${job.id}`;
  await jobs.expire(Number.MAX_SAFE_INTEGER, 10);
});
afterAll(() => server.close());

const expired = { extensions: { code: 'EXPIRED', field: ['id'] } };

test('An expired job is told from one that never was, wherever it is asked for', async () => {
  expect((await post(server.url, JobDocument, { id })).errors).toMatchObject([expired]);
  expect((await post(server.url, NodeDocument, { id })).errors).toMatchObject([expired]);
  const image = `${id.replace('Job', 'Image')}:0`;
  expect((await post(server.url, NodeDocument, { id: image })).errors).toMatchObject([expired]);
  const { cancelJob } = await ask(server.url, CancelJobDocument, { id });
  expect(cancelJob).toMatchObject({ result: null, job: null, userErrors: [{ code: 'EXPIRED' }] });
  const client = connect(server.url);
  const { value } = (await subscribe(client, ProgressDocument, { jobId: id }).next()) as {
    value: { errors?: unknown };
  };
  expect(value.errors).toMatchObject([{ extensions: { code: 'EXPIRED', field: ['jobId'] } }]);
  await client.dispose();
});

test.each(['png', 'webp'])(
  'Its image as %s is gone for good (410), though its file may still be there; an unknown one is 404',
  async (extension) => {
    const response = await fetch(`${server.url}/images/${sha256}.${extension}`);
    expect([response.status, await response.json()]).toEqual([
      410,
      { error: { code: 'EXPIRED', message: `image ${sha256} has expired with its job` } },
    ]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const unknown = await fetch(`${server.url}/images/${'0'.repeat(64)}.${extension}`);
    expect(unknown.status).toBe(404);
  },
);

test('An object that is in the store and of no expired job is served', async () => {
  expect((await fetch(`${server.url}/images/${kept}.png`)).status).not.toBe(410);
});
