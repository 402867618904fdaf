import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MAX_PREVIEW_VARIANTS } from '../../src/resolvers/previews.ts';
import {
  MAX_DOCUMENT_LENGTH,
  MAX_INTRODUCTION_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_UNSENT_BYTES,
} from '../../src/server/limits.ts';
import { bytesUnderWay, MAX_BYTES_UNDER_WAY } from '../../src/sources/byte-budget.ts';
import { latent, startTestServer, type TestServer } from '../server/fixtures.ts';
import { open, RawWebSocket, sendRaw } from './raw.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: { code: string }; path?: unknown[] }[];
  readonly extensions?: { omittedErrors: number };
}

const json = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

/** Posts a body and returns the status, the answer and its length. */
async function post(body: string, headers: Record<string, string> = json, url = server.url) {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, answer: JSON.parse(text) as Answer, length: text.length, text };
}

const ask = (query: string, variables: object = {}) => post(JSON.stringify({ query, variables }));
const IMG2IMG = 'mutation ($i: Img2ImgInput!) { img2img(input: $i) { job { id } userErrors { message } } }';
const isAlive = async () => (await fetch(`${server.url}/health`)).status;

describe('A connection that wants to be upgraded', () => {
  test.each(['/', '/graphql?x', '/graphql/x', '/nothing'])(
    'and is reset at %s does not end the server',
    async (path) => {
      const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
      const sockets = await Promise.all(Array.from({ length: 100 }, () => open(server.url)));
      await Promise.all(
        sockets.map(async (socket) => {
          socket.on('error', () => undefined);
          socket.write(request);
          socket.resetAndDestroy();
          await once(socket, 'close');
        }),
      );
      expect(await isAlive()).toBe(200);
    },
  );

  test.each(['h2c', 'TLS/1.0', 'websocket2'])('to %s is answered over HTTP/1.1', async (protocol) => {
    const body = '{"query":"{ __typename }"}';
    const answer = await sendRaw(
      server.url,
      [
        'POST /graphql HTTP/1.1',
        'Host: 127.0.0.1',
        'Connection: Upgrade, HTTP2-Settings',
        `Upgrade: ${protocol}`,
        'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        `${body}GET /health HTTP/1.1`,
        'Host: 127.0.0.1',
        'Connection: close',
      ],
      '\r\n',
    );
    expect(answer).toMatch(
      /^HTTP\/1\.1 200 OK[^]*"__typename":"Query"[^]*HTTP\/1\.1 200 OK[^]*"status":"ok"/,
    );
  });

  test('from a foreign page is refused with a line in the log that names the setting', async () => {
    const socket = new RawWebSocket(server.url, { origin: 'https://evil.example' });
    await socket.closed;
    expect(JSON.stringify(server.logged)).toMatch(/https:\/\/evil\.example[^}]*CORS_ORIGINS/);
  });
});

describe('A Host header', () => {
  test.each(['%', 'a b', '[::1', 'x:99999', 'a/b', '@', '<script>'])(
    'of %s is 400 without a stack',
    async (host) => {
      const answer = await sendRaw(server.url, [
        'GET /graphql HTTP/1.1',
        `Host: ${host}`,
        'Connection: close',
        '',
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toMatch(/node_modules|\.ts:|\.js:/);
    },
  );

  test.each([
    ['evil.example', 403],
    ['evil.example:4000', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost', 200],
    ['LOCALHOST:1', 200],
    ['localhost.', 200],
    ['10.1.2.3:4000', 200],
    ['[::1]:4000', 200],
    ['art.example', 200],
    ['box.example:8080', 200],
  ])('of %s is answered with %i where there are no keys', async (host, status) => {
    const own = await startTestServer({ PUBLIC_URL: 'https://art.example', ALLOWED_HOSTS: 'box.example' });
    for (const target of ['/health', '/graphql?query={__typename}']) {
      const answer = await sendRaw(own.url, [
        `GET ${target} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: close',
        '',
      ]);
      expect(answer).toContain(`HTTP/1.1 ${status} `);
    }
    await own.close();
  });

  test('of a foreign name opens no WebSocket, whatever the Origin', async () => {
    const headers = { host: 'evil.example' };
    const socket = new RawWebSocket(server.url, { headers, origin: 'http://evil.example' });
    expect(await socket.closed).toBe(1006);
    expect(server.services.refusals.counts.get('FORBIDDEN')).toBeGreaterThan(0);
  });
});

describe('Size', () => {
  const long = `{ __typename } # ${'x'.repeat(MAX_DOCUMENT_LENGTH)}`;

  test('of a document is bounded over HTTP and WebSocket', async () => {
    const { status, answer } = await ask(long);
    expect([status, answer.errors?.[0]?.extensions.code]).toEqual([413, 'DOCUMENT_TOO_LARGE']);
    const socket = await new RawWebSocket(server.url).acknowledged();
    socket.subscribe('1', { query: long });
    expect(await socket.message('error')).toMatchObject({
      payload: [{ extensions: { code: 'DOCUMENT_TOO_LARGE' } }],
    });
    socket.subscribe('2', { query: '{ __typename }' });
    await socket.message('complete', '2');
    socket.end();
  });

  test.each<[string, string, string]>([
    [
      'keys of an input',
      `{${Array.from({ length: 500_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
      'TOO_MANY_VALUES',
    ],
    ['entries of a list', `{"seed":[${'1,'.repeat(500_000)}1]}`, 'TOO_MANY_VALUES'],
    ['nested lists', `{"seed":${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}}`, 'TOO_DEEP'],
    ['nested objects', `{"seed":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 'TOO_DEEP'],
  ])('of variables is bounded before they are parsed: %s', async (_title, input, code) => {
    const body = `{"query":${JSON.stringify(IMG2IMG)},"variables":{"i":${input}}}`;
    const { status, answer, length } = await post(body);
    expect([status, answer.errors?.[0]?.extensions.code]).toEqual([400, code]);
    expect(length).toBeLessThan(1000);
    const socket = await new RawWebSocket(server.url).acknowledged();
    socket.socket.send(`{"id":"1","type":"subscribe","payload":${body}}`);
    expect(await socket.message('error', '1')).toMatchObject({ payload: [{ extensions: { code } }] });
    socket.subscribe('2', { query: '{ __typename }' });
    await socket.message('complete', '2');
    socket.end();
  });

  test('of a message to a WebSocket may be that of an HTTP request', async () => {
    const socket = await new RawWebSocket(server.url).acknowledged();
    const imageUrl = `data:image/png;base64,${'A'.repeat(6 * 2 ** 20)}`;
    socket.subscribe('1', { query: IMG2IMG, variables: { i: { model: 'starter', imageUrl } } });
    await socket.message('complete', '1');
    expect(JSON.stringify(socket.received)).toMatch(/"imageUrl|image\b/i);
    socket.end();
  });

  test('of what is said of it is bounded: ten errors, values of 200 characters', async () => {
    const many = await ask(`{ ${Array.from({ length: 25 }, (_, i) => `x${i}`).join(' ')} }`);
    expect([many.answer.errors?.length, many.answer.extensions]).toEqual([10, { omittedErrors: 15 }]);

    const value = 'v'.repeat(1_000_000);
    const documents: [string, object?][] = [
      [IMG2IMG, { i: { seed: value } }],
      [IMG2IMG, { i: { [value]: 1 } }],
      [IMG2IMG, { i: { model: value } }],
      [IMG2IMG, { i: { modelName: value } }],
      [IMG2IMG, { i: { imageId: value } }],
      ['query ($i: ID!) { job(id: $i) { id } }', { i: value }],
      ['query ($i: ID!) { job(id: $i) { id } }', { i: `Job:${value}` }],
      ['query ($i: ID!) { node(id: $i) { id } }', { i: `Image:${value}` }],
      ['query ($i: String) { jobs(after: $i) { totalCount nodes { id } } }', { i: value }],
      [`{ jobs(first: ${'1'.repeat(50_000)}) { totalCount } }`],
      [`{ ${'a'.repeat(50_000)} }`],
      [`{ ${'a'.repeat(50_000)}: __typename }`],
    ];
    for (const [query, variables] of documents) {
      const { text, length } = await ask(query, variables);
      expect(text).not.toMatch(/v{201}|1{201}|a{201}/);
      expect(length).toBeLessThan(3000);
    }
  });
});

describe('A WebSocket', () => {
  test('that sends more than an introduction before it is acknowledged is ended', async () => {
    const socket = await new RawWebSocket(server.url).opened();
    socket.send({ type: 'ping', payload: { x: 'x'.repeat(MAX_INTRODUCTION_BYTES) } });
    await socket.closed;
    expect(socket.received).toEqual([]);
  });

  test('that sends a part of a message counts with all others, and is ended where there is no room', async () => {
    const part = Buffer.alloc(MAX_MESSAGE_BYTES - 2 ** 20, 'x');
    const sockets: RawWebSocket[] = [];
    const ended: number[] = [];
    for (let sent = 0; sent < MAX_BYTES_UNDER_WAY + part.length; sent += part.length) {
      const socket = await new RawWebSocket(server.url).acknowledged();
      sockets.push(socket);
      void socket.closed.then(() => ended.push(1));
      socket.socket.send(part, { binary: false, fin: false });
    }
    await expect.poll(() => ended.length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(bytesUnderWay.taken).toBeLessThanOrEqual(MAX_BYTES_UNDER_WAY);
    for (const socket of sockets) socket.end();
    await expect.poll(() => bytesUnderWay.taken, { timeout: 10_000 }).toBe(0);
  }, 60_000);

  test.each(['messages', 'frames'])(
    'that does not read the pongs to its %s is ended',
    async (kind) => {
      const socket = await new RawWebSocket(server.url).acknowledged();
      socket.socket.pause();
      const payload = { x: 'x'.repeat(2 ** 20) };
      const tcp = (socket.socket as unknown as { _socket: Socket })._socket;
      const state = { isBroken: false };
      for (const event of ['error', 'close']) tcp.on(event, () => (state.isBroken = true));
      const sent = (send: (done: () => void) => void) => new Promise<void>(send);
      for (let bytes = 0; !state.isBroken && bytes < 40 * MAX_UNSENT_BYTES; bytes += 2 ** 20) {
        if (kind === 'frames') for (let i = 0; i < 2 ** 13; i++) socket.socket.ping('x'.repeat(125));
        await sent((done) => {
          socket.socket.send(
            kind === 'messages' ? JSON.stringify({ type: 'ping', payload }) : '{"type":"pong"}',
            done,
          );
        });
      }
      expect(state.isBroken).toBe(true);
      socket.end();
    },
    60_000,
  );

  test.each([
    [
      'a condition at the root of a subscription',
      { query: 'subscription { jobsChanged @skip(if: true) { id } }' },
    ],
    [
      'one in a fragment',
      {
        query: 'subscription { ...F } fragment F on Subscription { jobsChanged @include(if: false) { id } }',
      },
    ],
    ['one at a fragment', { query: 'subscription { ... @skip(if: true) { jobsChanged { id } } }' }],
    ['an operation that is not there', { query: '{ __typename }', operationName: 'x' }],
    ['no operation', { query: 'fragment F on Query { __typename }' }],
    ['a syntax error', { query: '{' }],
    [
      'a variable of a wrong type',
      { query: 'subscription ($i: ID!) { img2imgProgress(jobId: $i) { sequence } }', variables: { i: {} } },
    ],
  ])('ends %s alone', async (_title, payload) => {
    const socket = await new RawWebSocket(server.url).acknowledged();
    socket.subscribe('1', payload);
    await vi.waitFor(() => {
      const answer = socket.received.find(({ id, type }) => id === '1' && type !== 'complete');
      expect(JSON.stringify(answer)).toContain('"message"');
    });
    socket.subscribe('2', { query: '{ __typename }' });
    await socket.message('complete', '2');
    socket.end();
  });

  test('ends an operation alone that throws while it starts', async () => {
    const own = await startTestServer(
      {},
      {
        devices: () => {
          throw new Error('synchronous');
        },
      },
    );
    const socket = await new RawWebSocket(own.url).acknowledged();
    socket.subscribe('1', { query: '{ engine { waiting } }' });
    expect(JSON.stringify(await socket.message('next', '1'))).toContain('INTERNAL_SERVER_ERROR');
    socket.subscribe('2', { query: '{ __typename }' });
    await socket.message('complete', '2');
    socket.end();
    await own.close();
  });

  test.each(['connection_ack', 'next', 'error'])(
    "closes with the message %s, which is a server's, and leaves no error in the log",
    async (type) => {
      const socket = await new RawWebSocket(server.url).acknowledged();
      const payload = type === 'error' ? [{ message: 'x' }] : {};
      socket.send({ type, id: '1', payload });
      expect(await socket.closed).toBe(4400);
      expect(server.logged.filter(({ msg }) => msg === 'a WebSocket operation failed')).toEqual([]);
    },
  );

  test.each(['constructor', '__proto__', 'toString'])('takes the id %s like any other', async (id) => {
    const socket = await new RawWebSocket(server.url).acknowledged();
    socket.subscribe(id, { query: '{ __typename }' });
    await socket.message('complete', id);
    socket.end();
  });

  test('closes with an id that is too long', async () => {
    const socket = await new RawWebSocket(server.url).acknowledged();
    socket.subscribe('i'.repeat(100_000), { query: '{ __typename }' });
    expect(await socket.closed).toBe(4400);
  });

  test('may not hold documents and variables without end', async () => {
    const socket = await new RawWebSocket(server.url).acknowledged();
    for (let id = 0; id < 50; id++) {
      socket.subscribe(`${id}`, {
        query: `subscription { jobsChanged { id } } # ${'x'.repeat(90_000)}${id}`,
      });
    }
    expect(await socket.message('error')).toMatchObject({
      payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
    });
    socket.end();
  });

  test('that asks for a thousand different previews of a step is answered, and few of them are made', async () => {
    const own = await startTestServer();
    const submitting = post(
      JSON.stringify({ query: IMG2IMG, variables: { i: { model: 'starter', width: 128, height: 128 } } }),
      json,
      own.url,
    );
    const { run } = await own.handler.next();
    const { data } = (await submitting).answer as { data: { img2img: { job: { id: string } } } };
    run.report({ stage: 'SAMPLING', step: 1, totalSteps: 4 }, { sigma: 1, preview: latent(0.5) });
    const socket = await new RawWebSocket(own.url).acknowledged();
    const variants = 1000;
    for (let i = 0; i < variants; i++) {
      const preview = `preview(size: ${16 + i}, format: PNG) { width }`;
      socket.subscribe(`${i}`, {
        query: `subscription { img2imgProgress(jobId: "${data.img2img.job.id}") { ${preview} } }`,
      });
    }
    await expect
      .poll(() => new Set(socket.received.map(({ id }) => id)).size, { timeout: 30_000 })
      .toBe(variants + 1); // each, and the acknowledgement without an id
    const answers = socket.received.filter(({ type }) => type === 'next').map((one) => JSON.stringify(one));
    expect(answers.filter((one) => one.includes('"width"'))).toHaveLength(MAX_PREVIEW_VARIANTS);
    expect(answers.filter((one) => one.includes('"UNSUPPORTED"'))).toHaveLength(
      variants - MAX_PREVIEW_VARIANTS,
    );
    expect((await fetch(`${own.url}/health`)).status).toBe(200);
    socket.end();
    await own.close();
  });

  test('takes a key among the headers of its parameters', async () => {
    const own = await startTestServer({ API_KEYS: 'secret' });
    const socket = await new RawWebSocket(own.url).opened();
    socket.send({ type: 'connection_init', payload: { headers: { authorization: 'Bearer secret' } } });
    await socket.message('connection_ack');
    socket.end();
    await own.close();
  });
});
