import type { ExecutionResult } from 'graphql';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Img2ImgDocument, JobsDocument } from '../client/generated/graphql.ts';
import { ask, connect } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let client: Client;
let id: string;
beforeAll(async () => {
  server = await startTestServer();
  client = connect(server.url);
  id = (await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } })).img2img.job!.id;
});
afterAll(async () => {
  await client.dispose();
  await server.close();
});

interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

async function overHttp(asked: Asked, accept: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(asked),
  });
  return { status: response.status, ...((await response.json()) as ExecutionResult) };
}

const ofImages = (field: string, variables = '') =>
  `query${variables} { job(id: "${id}") { status images { ${field} } } }`;
const outside: [string, () => Asked, string][] = [
  [
    'a quality of 0',
    () => ({ query: ofImages('url(quality: 0)') }),
    'Image.url: quality must be from 1 to 100, got 0',
  ],
  [
    'a quality of 101 in a data: URI',
    () => ({ query: ofImages('dataUri(quality: 101, format: WEBP)') }),
    'Image.dataUri: quality must be from 1 to 100, got 101',
  ],
  [
    'a negative quality in a variable',
    () => ({ query: ofImages('url(quality: $q)', '($q: Int)'), variables: { q: -1 } }),
    'Image.url: quality must be from 1 to 100, got -1',
  ],
  [
    'a quality that is a default of its variable',
    () => ({ query: ofImages('url(quality: $q)', '($q: Int = 500)') }),
    'Image.url: quality must be from 1 to 100, got 500',
  ],
  [
    'a quality behind two fragments',
    () => ({
      query: `query($q: Int!) { node(id: "${id}") { ...A } } fragment A on Job { images { ...B } } fragment B on Image { url(quality: $q) }`,
      variables: { q: 0 },
    }),
    'Image.url: quality must be from 1 to 100, got 0',
  ],
  [
    'a size of 0',
    () => ({ query: `{ job(id: "${id}") { preview(size: 0) { width } } }` }),
    'Job.preview: size must be from 16 to 1024, got 0',
  ],
  [
    'a preview of quality 0',
    () => ({ query: `{ job(id: "${id}") { preview(quality: 0) { width } } }` }),
    'Job.preview: quality must be from 1 to 100, got 0',
  ],
  [
    'the size of the preview of a subscription',
    () => ({
      query: 'subscription($s: Int) { img2imgProgress { preview(size: $s) { width } } }',
      variables: { s: 1025 },
    }),
    'Img2ImgEvent.preview: size must be from 16 to 1024, got 1025',
  ],
];

describe('An argument out of its range', () => {
  test.each(outside)('refuses the operation over HTTP: %s', async (_what, asked, message) => {
    const { status, data, errors } = await overHttp(
      asked(),
      'application/graphql-response+json, text/event-stream',
    );
    expect([status, data]).toEqual([400, undefined]);
    expect(errors).toMatchObject([{ message, locations: [{}], extensions: { code: 'INVALID_VALUE' } }]);
  });

  test.each(outside)('refuses the operation over WebSocket: %s', async (_what, asked, message) => {
    const ended = client.iterate(asked()).next();
    await expect(ended).rejects.toMatchObject([{ message, extensions: { code: 'INVALID_VALUE' } }]);
  });

  test('is told before a mutation has been executed', async () => {
    const query = 'mutation { img2img(input: { model: starter }) { job { images { url(quality: 0) } } } }';
    const before = await ask(server.url, JobsDocument, {});
    expect((await overHttp({ query }, 'application/graphql-response+json')).status).toBe(400);
    expect(await ask(server.url, JobsDocument, {})).toEqual(before);
  });

  test('is each named', async () => {
    const query = ofImages('url(quality: 0) dataUri(quality: 101)');
    const { errors } = await overHttp({ query }, 'application/json');
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'INVALID_VALUE', field: ['quality'] },
      { code: 'INVALID_VALUE', field: ['quality'] },
    ]);
  });

  test('of an operation that is not run does not matter, nor does null', async () => {
    const query = `query A($q: Int) { job(id: "${id}") { status images { url(quality: $q) } } } query B { job(id: "${id}") { preview(size: 1) { width } } }`;
    const { data, errors } = await overHttp(
      { query, operationName: 'A', variables: { q: null } } as Asked,
      'application/json',
    );
    expect([errors, data]).toEqual([undefined, { job: { status: 'RUNNING', images: [] } }]);
  });

  test.each([1, 100])('is not %i', async (quality) => {
    const { data } = await overHttp(
      { query: ofImages('url(quality: $q)', '($q: Int)'), variables: { q: quality } },
      'application/json',
    );
    expect(data).toEqual({ job: { status: 'RUNNING', images: [] } });
  });
});
