import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declaredVariables } from '../../src/server/documents.ts';
import { MAX_WAITING_BYTES, SEND_TIMEOUT } from '../../src/server/limits.ts';
import { createReadReached } from '../../src/server/reached.ts';
import { SlowReaders } from '../../src/server/slow-readers.ts';
import { startTestServer, type TestServer } from '../server/fixtures.ts';
import { open } from './raw.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const graphql = (init: RequestInit & { path?: string } = {}) =>
  fetch(`${server.url}${init.path ?? '/graphql'}`, init);

/** The status, code and message of a refusal. */
async function refusalOf(response: Response) {
  const { errors } = (await response.json()) as {
    errors: { message: string; extensions: { code: string } }[];
  };
  return { status: response.status, code: errors[0]?.extensions.code, message: errors[0]?.message };
}

const QUERY = JSON.stringify({ query: '{ __typename }' });
const json = { 'content-type': 'application/json' };

describe('A malformed request', () => {
  test.each([
    'variables={',
    'variables=5',
    'variables=[]',
    'extensions=x',
    'extensions="a"',
    'variables={"a":',
  ])('with ?%s is 400', async (part) => {
    const response = await graphql({ path: `/graphql?query={__typename}&${part}` });
    expect((await refusalOf(response)).status).toBe(400);
  });

  test.each(['null', '5', '"x"', 'true', '[]', '{"query":5}', ''])(
    'with the body %s is 400',
    async (body) => {
      const refused = await refusalOf(await graphql({ method: 'POST', headers: json, body }));
      expect(refused).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    },
  );

  test('that is compressed is 415, and so named', async () => {
    const headers = { ...json, 'content-encoding': 'gzip' };
    const refused = await refusalOf(await graphql({ method: 'POST', headers, body: gzipSync(QUERY) }));
    expect(refused).toMatchObject({
      status: 415,
      message: 'The body must not be encoded; got "Content-Encoding: gzip"',
    });
  });

  test.each<[string, Record<string, string | Blob>, RegExp]>([
    ['operations null', { operations: 'null', map: '{}' }, /"operations" must be an object/],
    ['map null', { operations: '{"query":"{__typename}"}', map: 'null' }, /"map" must be an object/],
    ['map a list', { operations: '{"query":"{__typename}"}', map: '[]' }, /"map" must be an object/],
    ['no map', { operations: '{"query":"{__typename}"}', 0: new Blob(['x']) }, /"map" is missing/],
    ['operations no JSON', { operations: '{', map: '{}' }, /"operations".*not valid JSON/],
    [
      'a file without entry',
      { operations: '{"variables":{"i":null}}', map: '{}', 0: new Blob(['x']) },
      /part "0" has no entry/,
    ],
    [
      'an entry without file',
      { operations: '{"variables":{"i":null}}', map: '{"1":["variables.i"]}' },
      /names the part "1"/,
    ],
    [
      'a text as file',
      { operations: '{"variables":{"i":null}}', map: '{"0":["variables.i"]}', 0: 'x' },
      /part "0" must be a file/,
    ],
    [
      'malformed paths',
      { operations: '{"variables":{"i":null}}', map: '{"0":[5]}', 0: new Blob(['x']) },
      /part "0" a list of paths/,
    ],
    [
      'paths null',
      { operations: '{"variables":{"i":null}}', map: '{"0":null}', 0: new Blob(['x']) },
      /part "0" a list of paths/,
    ],
    [
      'a wrong path',
      { operations: '{"variables":{"i":null}}', map: '{"0":["variables.j"]}', 0: new Blob(['x']) },
      /part "0" the path "variables.j"/,
    ],
    [
      'a path to a value',
      { operations: '{"variables":{"i":5}}', map: '{"0":["variables.i"]}', 0: new Blob(['x']) },
      /the path "variables.i"/,
    ],
    [
      'a path of inheritance',
      { operations: '{"variables":{"i":null}}', map: '{"0":["__proto__.x"]}', 0: new Blob(['x']) },
      /the path "__proto__.x"/,
    ],
  ])('of several parts, %s, is 400 and says what is wrong', async (_title, parts, message) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(parts)) body.set(name, value);
    const answer = await refusalOf(
      await graphql({ method: 'POST', headers: { 'graphql-preflight': '1' }, body }),
    );
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(answer.message).toMatch(message);
  });

  test('leaves no error in the log', () => {
    expect(server.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  });
});

describe('A request', () => {
  test('of Apollo for a persisted query learns that there are none', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const body = JSON.stringify({ extensions });
    expect(await refusalOf(await graphql({ method: 'POST', headers: json, body }))).toEqual({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      message: 'PersistedQueryNotSupported',
    });
    const both = await graphql({
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query: '{ __typename }', extensions }),
    });
    expect(await both.json()).toEqual({ data: { __typename: 'Query' } });
  });

  test.each([
    ['/nothing', 'GET', 404],
    ['/nothing', 'POST', 404],
    ['/nothing', 'DELETE', 404],
    ['/graphql/x', 'POST', 404],
    ['/health', 'POST', 405],
    ['/graphql', 'PUT', 405],
  ])('to %s by %s is %i', async (path, method, status) => {
    expect((await graphql({ path, method })).status).toBe(status);
  });

  test.each(['/graphql', '/graphql/', '/graphql/?x=1'])('to %s is answered', async (path) => {
    const response = await graphql({ path, method: 'POST', headers: json, body: QUERY });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toMatch(/Origin/);
  });

  test('with a byte order mark, or an empty name of its operation in a form, is answered', async () => {
    const data = { data: { __typename: 'Query' } };
    const marked = await graphql({ method: 'POST', headers: json, body: `\ufeff${QUERY}` });
    expect(await marked.json()).toEqual(data);
    const fields = 'query={__typename}&operationName=&variables=&extensions=';
    const asked = await graphql({ path: `/graphql?${fields}`, headers: { 'graphql-preflight': '1' } });
    expect(await asked.json()).toEqual(data);
    const body = new URLSearchParams(fields);
    const sent = await graphql({ method: 'POST', headers: { 'graphql-preflight': '1' }, body });
    expect(await sent.json()).toEqual(data);
  });

  test.each(['Application/JSON', 'APPLICATION/JSON; charset=UTF-8', 'application/graphql+json'])(
    'of the type %s is JSON',
    async (type) => {
      const response = await graphql({ method: 'POST', headers: { 'content-type': type }, body: QUERY });
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    },
  );

  test('of a type that is not read is 415, and one for a type that is not made 406; both say what would do', async () => {
    const type = { 'content-type': 'application/xml', 'graphql-preflight': '1' };
    const unread = await refusalOf(await graphql({ method: 'POST', headers: type, body: QUERY }));
    expect(unread).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(unread.message).toContain('application/json');
    const text = await refusalOf(
      await graphql({ method: 'POST', headers: { ...json, accept: 'text/plain' }, body: QUERY }),
    );
    expect(text).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
    const body = JSON.stringify({ query: 'subscription { jobsChanged { id } }' });
    const plain = await refusalOf(
      await graphql({ method: 'POST', headers: { ...json, accept: 'application/json' }, body }),
    );
    expect(plain).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
    expect(plain.message).toContain('text/event-stream');
  });

  test('that any page could have sent is refused with the headers that would do, each of which does', async () => {
    const body = () => {
      const form = new FormData();
      form.set('operations', QUERY);
      form.set('map', '{}');
      return form;
    };
    const refused = await refusalOf(await graphql({ method: 'POST', body: body() }));
    expect(refused).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    for (const name of [
      'x-apollo-operation-name',
      'apollo-require-preflight',
      'graphql-preflight',
      'x-graphql-yoga-csrf',
    ]) {
      expect(refused.message).toContain(name);
      expect((await graphql({ method: 'POST', headers: { [name]: 'x' }, body: body() })).status).toBe(200);
    }
  });

  test('for a stream is answered past buffering proxies, over a connection that outlives theirs', async () => {
    const path = `/graphql?query=${encodeURIComponent('subscription { jobsChanged { id } }')}`;
    const leave = new AbortController();
    const response = await graphql({ path, headers: { accept: 'text/event-stream' }, signal: leave.signal });
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    leave.abort();
    expect((await graphql({ path: '/health' })).headers.get('keep-alive')).toBe('timeout=75');
  });

  test.each([
    ['/', {}],
    ['/health', {}],
    ['/nothing', {}],
    ['/graphql', { accept: 'text/html' }],
    ['/graphql?query={__typename}', {}],
    ['/example.png', {}],
  ])(
    'to %s is answered with headers that keep it from being framed or taken for a page',
    async (path, headers) => {
      const response = await graphql({ path, headers });
      await response.arrayBuffer();
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toMatch(
        /default-src '(?:none|self)'.*frame-ancestors 'none'/,
      );
    },
  );
});

test('Only declared variables are kept, however they are called', () => {
  const document = parse('query A($a: ID, $toString: ID) { x(a: $a, b: $toString) } query B { x }');
  expect(declaredVariables(document, 'A', { a: 1, b: 2, __proto__: 3 })).toEqual({ a: 1 });
  expect(declaredVariables(document, 'B', { a: 1 })).toEqual({});
});

describe('Where the server was reached', () => {
  const read = (headers: Record<string, string>, remoteAddress = '10.0.0.9', trustProxy = ['10.0.0.0/8']) =>
    createReadReached(
      { publicUrl: undefined, trustProxy },
      () => 'http://127.0.0.1:4000',
    )({
      headers,
      socket: { remoteAddress },
    });
  const forwarded = {
    host: 'upstream:4000',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'art.example',
    'x-forwarded-prefix': '/latentql/',
    'x-forwarded-for': '1.2.3.4, 203.0.113.7, 10.0.0.8',
  };

  test('is told by proxies that are believed', () => {
    expect(read(forwarded)).toMatchObject({
      host: 'art.example',
      baseUrl: 'https://art.example/latentql',
      client: '203.0.113.7',
    });
    expect(read(forwarded, '::ffff:10.0.0.9').baseUrl).toBe('https://art.example/latentql');
  });

  test.each([
    ['203.0.113.7:51034', '203.0.113.7'],
    ['[2001:db8::7]:51034, 10.0.0.8:80', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['2001:db8::7', '2001:db8::7'],
    ['unknown', '10.0.0.9'],
    ['203.0.113.7:port', '10.0.0.9'],
    ['1.2:80', '10.0.0.9'],
  ])('is told by those that write the client %s', (chain, client) => {
    expect(read({ ...forwarded, 'x-forwarded-for': chain }).client).toBe(client);
  });

  test('is not told by others', () => {
    expect(read(forwarded, '203.0.113.9')).toMatchObject({
      host: 'upstream:4000',
      baseUrl: 'http://upstream:4000',
      client: '203.0.113.9',
    });
    expect(read(forwarded, '10.0.0.9', []).baseUrl).toBe('http://upstream:4000');
  });

  test.each([
    { 'x-forwarded-host': 'evil.example/x' },
    { 'x-forwarded-host': '%' },
    { 'x-forwarded-proto': 'javascript' },
    { 'x-forwarded-prefix': '//evil.example' },
    { 'x-forwarded-prefix': '/a"b' },
  ])('is not taken from the malformed %o', (headers) => {
    expect(read({ host: 'a.example', ...headers }).baseUrl).toBe('http://a.example');
  });

  test('is known by every address that leads there', () => {
    const { ownUrls } = read({ host: 'art.example' });
    expect(ownUrls).toEqual(['http://art.example', 'https://art.example', 'http://127.0.0.1:4000']);
    expect(read({}).baseUrl).toBe('http://127.0.0.1:4000');
  });
});

test('A client that does not read its answers gets no more, and is cut off in time', async () => {
  const readers = new SlowReaders(pino({ level: 'silent' }));
  const answer = Buffer.alloc(MAX_WAITING_BYTES + 2 ** 24);
  const http = createServer((_request, response) => response.end(answer));
  readers.watch(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address() as { port: number };
  const accepted = once(http, 'request');
  const client = await open(`http://127.0.0.1:${address.port}`);
  client.on('error', () => undefined);
  client.pause();
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [{ socket }] = (await accepted) as [IncomingMessage];
  const closed = once(socket, 'close');
  expect([readers.hasRoom(socket), readers.hasRoom(socket, 1)]).toEqual([false, false]);
  const now = performance.now();
  readers.cutOff(now);
  readers.cutOff(now + SEND_TIMEOUT);
  expect(socket.destroyed).toBe(false);
  readers.cutOff(now + 100 * SEND_TIMEOUT);
  await closed;
  expect(readers.hasRoom(socket)).toBe(true);
  readers.stop();
  client.destroy();
  http.close();
});

test.each([
  ['', 'IEND'],
  [', even if it has bytes behind its end', 'IEND and more'],
])('A stored picture is read as its clients take it, and costs a slow one no other%s', async (_, end) => {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const last = Buffer.from(end.replace('IEND', '\0\0\0\0IEND\xae\x42\x60\x82'), 'latin1');
  const picture = Buffer.concat([signature, Buffer.alloc(MAX_WAITING_BYTES / 8), last]);
  const { sha256 } = await server.services.objects.put(picture);
  const before = process.memoryUsage().arrayBuffers;
  const clients = await Promise.all(
    Array.from({ length: 32 }, async () => {
      const client = await open(server.url);
      client.write(`GET /images/${sha256}.png HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`);
      const [beginning] = (await once(client, 'data')) as [Buffer];
      client.pause();
      expect(beginning.toString('latin1')).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      return client;
    }),
  );
  // Each would hold a whole picture.
  const held = process.memoryUsage().arrayBuffers - before;
  expect(held).toBeLessThan((clients.length * picture.length) / 4);
  for (const client of clients) client.destroy();
});
