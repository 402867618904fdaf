import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { CancelJobDocument, Img2ImgDocument, ServerDocument } from '../client/generated/graphql.ts';
import { ask, connect, post } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
afterEach(() => server.close());

/** The refusals that Prometheus is told of, by code. */
async function counted(): Promise<Record<string, number>> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const samples = text.matchAll(/^latentql_refusals_total\{code="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries(Array.from(samples, ([, code, count]) => [code!, Number(count)]));
}
const logged = () => server.logged.filter(({ msg }) => msg === 'request refused');

test('Requests and WebSockets without a key are counted, and logged as warnings', async () => {
  server = await startTestServer({ API_KEYS: 'first' });
  await post(server.url, ServerDocument, {}, {});
  await post(server.url, ServerDocument, {}, { authorization: 'Bearer wrong' });
  const client = connect(server.url, { authorization: 'Bearer wrong' });
  await expect(client.iterate({ query: '{ __typename }' }).next()).rejects.toMatchObject({ code: 4403 });
  await client.dispose();
  expect(await counted()).toEqual({ UNAUTHENTICATED: 3 });
  expect(logged().map(({ level, code }) => [level, code])).toEqual(Array(3).fill([40, 'UNAUTHENTICATED']));
  expect(JSON.stringify(logged())).not.toContain('wrong"');
});

test('What a mutation refuses is counted by its code, and logged with the field and whose key it was', async () => {
  server = await startTestServer({ API_KEYS: 'first', QUEUE_LIMIT: '1' });
  const authorization = 'Bearer first';
  const img2img = (input: object) => post(server.url, Img2ImgDocument, { input }, { authorization });
  await img2img({ model: 'starter', width: 65, prompt: 'x'.repeat(20_000) });
  await post(
    server.url,
    CancelJobDocument,
    { id: `Job:${randomUUID()}`, immediately: false },
    { authorization },
  );
  await img2img({ model: 'starter' });
  await server.handler.next();
  await img2img({ model: 'starter' });
  await img2img({ model: 'starter' });
  expect(await counted()).toEqual({ INVALID_VALUE: 2, NOT_FOUND: 1, QUEUE_FULL: 1 });
  const owner = expect.stringMatching(/^[0-9a-f]{16}$/) as string;
  expect(logged()).toMatchObject([
    {
      code: 'INVALID_VALUE',
      field: 'input.width',
      owner,
      reason: expect.stringContaining('got 65') as string,
    },
    { code: 'INVALID_VALUE', field: 'input.prompt', owner },
    { code: 'NOT_FOUND', field: 'id', owner },
    { code: 'QUEUE_FULL', owner },
  ]);
  expect(logged().every(({ reason }) => String(reason).length <= 200)).toBe(true);
});

test('An operation that cannot run is counted once, over HTTP and over WebSocket', async () => {
  server = await startTestServer();
  const headers = { 'content-type': 'application/json' };
  const send = (query: string) =>
    fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  for (const query of ['{ nonsense }', '{', '{ node(id: "nonsense") { id } }']) await send(query);
  const client = connect(server.url);
  for (const query of ['{ nonsense }', '{', '{ node(id: "nonsense") { id } }']) {
    await client
      .iterate({ query })
      .next()
      .catch(() => undefined);
  }
  await client.dispose();
  const counts = Object.values(await counted());
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
  expect(logged()).toHaveLength(6);
});

test('What is accepted is no refusal', async () => {
  server = await startTestServer();
  await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } });
  expect(await counted()).toEqual({});
  expect(logged()).toEqual([]);
});
