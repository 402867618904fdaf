import { once } from 'node:events';
import { getIntrospectionQuery, type ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { MAX_BODY_BYTES, MAX_MESSAGE_BYTES, MAX_OPERATIONS_PER_CONNECTION } from '../../src/server/limits.ts';
import { Img2ImgDocument } from '../client/generated/graphql.ts';
import { ask, connect } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Answer {
  status: number;
  code: string | undefined;
  message: string | undefined;
}

/** The status of a request and the code of its first error. */
async function send(init: RequestInit & { duplex?: 'half' }): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', ...init });
  const { errors } = (await response.json()) as {
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  return { status: response.status, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
const query = (text: string) => send({ headers, body: JSON.stringify({ query: text }) });

const nested = (depth: number, leaf: string): string =>
  depth === 0 ? leaf : `node { ${nested(depth - 1, leaf)} }`;
const DOCUMENTS = {
  TOO_DEEP: `{ jobs { edges { ${nested(10, 'id')} } } }`,
  TOO_MANY_ALIASES: `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: engine { waiting }`).join(' ')} }`,
  TOO_MANY_DIRECTIVES: `{ __typename ${'@include(if: true) '.repeat(31)} }`,
  TOO_MANY_TOKENS: `{ ${'__typename '.repeat(2001)} }`,
  TOO_EXPENSIVE: `{ jobs(first: 100000) { nodes { id status } } }`,
};

describe('a document beyond a limit', () => {
  test.each(Object.entries(DOCUMENTS))(
    'is refused over HTTP as %s with status 400',
    async (code, document) => {
      const answer = await query(document);
      expect(answer).toMatchObject({ status: 400, code });
      expect(answer.message).not.toMatch(/^Syntax Error/);
    },
  );

  test.each(Object.entries(DOCUMENTS))('is refused over WebSocket as %s', async (code, document) => {
    const client = connect(server.url);
    try {
      const failure = client.iterate({ query: document }).next();
      await expect(failure).rejects.toEqual([
        { message: expect.any(String) as string, extensions: { code } },
      ]);
    } finally {
      await client.dispose();
    }
  });

  test('is not the introspection of a playground, nor a query that asks for everything of a page', async () => {
    expect((await query(getIntrospectionQuery())).code).toBeUndefined();
    const job = `id status stage step totalSteps queuePosition etaSeconds warnings { code } createdAt startedAt finishedAt
      input { model seed steps batchSize width height samplerName cfg denoiseStrength scheduler prompt negativePrompt
        imageUrl resizeMode source { sha256 width height } }
      images { id url dataUri width height seed sha256 byteSize } error { code message } timings { stage milliseconds }`;
    expect(
      (await query(`{ jobs(first: 50) { nodes { ${job} } pageInfo { hasNextPage endCursor } } }`)).code,
    ).toBeUndefined();
  });
});

describe('a request that is malformed', () => {
  test.each<[string, RequestInit, number, string]>([
    ['no JSON', { headers, body: '{' }, 400, 'BAD_REQUEST'],
    ['a batch', { headers, body: '[]' }, 400, 'BAD_REQUEST'],
    ['no query', { headers, body: '{}' }, 400, 'BAD_REQUEST'],
    ['a document with an error', { headers, body: '{"query":"{"}' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { headers, body: '{"query":"{ x }"}' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a variable out of range',
      {
        headers,
        body: '{"query":"mutation($i: Img2ImgInput!) { img2img(input: $i) { job { id } } }","variables":{"i":{"seed":-2}}}',
      },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a variable out of range, from a client of before the specification,',
      {
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: '{"query":"query($first: Int!) { jobs(first: $first) { nodes { id } } }","variables":{"first":1.5}}',
      },
      200,
      'BAD_USER_INPUT',
    ],
    [
      'an upload without operations',
      {
        headers: { 'x-graphql-yoga-csrf': '1', 'content-type': 'multipart/form-data; boundary=x' },
        body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
      },
      400,
      'BAD_REQUEST',
    ],
    [
      'a broken upload',
      {
        headers: { 'x-graphql-yoga-csrf': '1', 'content-type': 'multipart/form-data; boundary=x' },
        body: '--y',
      },
      400,
      'BAD_REQUEST',
    ],
    [
      'an upload that a foreign page could have sent',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
      403,
      'FORBIDDEN',
    ],
    [
      'a form that a foreign page could have sent',
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'query=mutation{cancelJob(id:"Job:1"){job{id}}}',
      },
      403,
      'FORBIDDEN',
    ],
  ])('as %s is answered with the fitting status and code', async (_title, init, status, code) => {
    expect(await send(init)).toMatchObject({ status, code });
  });

  test('in size is refused before it is read, or while it is', async () => {
    const tooLarge = { status: 413, code: 'REQUEST_ENTITY_TOO_LARGE' };
    const chunk = Buffer.alloc(2 ** 20, ' ');
    expect(await send({ headers, body: Buffer.alloc(MAX_BODY_BYTES + 1, ' ') })).toMatchObject(tooLarge);
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        sent += chunk.length;
        if (sent > MAX_BODY_BYTES + 4 * chunk.length) controller.close();
        else controller.enqueue(chunk);
      },
    });
    expect(await send({ headers, body: endless, duplex: 'half' })).toMatchObject(tooLarge);
  });
});

describe('a WebSocket', () => {
  /** Opens a socket, sends these messages when it is open and tells the code with which it is closed. */
  const closeCode = (messages: string[], subprotocol = 'graphql-transport-ws'): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, subprotocol);
      socket.once('error', reject);
      socket.once('close', resolve);
      socket.once('open', () => {
        for (const message of messages) socket.send(message);
      });
    });
  const init = '{"type":"connection_init"}';
  const subscription = '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}';

  test.each<[string, string[], number]>([
    ['speaks no JSON', ['x'], 4400],
    ['sends an unknown message', ['{"type":"x"}'], 4400],
    ['subscribes before it has introduced itself', [subscription], 4401],
    ['introduces itself twice', [init, init], 4429],
    ['sends a message beyond the limit', [init, `"${' '.repeat(MAX_MESSAGE_BYTES)}"`], 1009],
  ])('that %s is closed', async (_title, messages, code) => {
    expect(await closeCode(messages)).toBe(code);
  });

  test.each([
    [
      '{"type":"subscribe","id":1,"payload":{"query":"{ version }"}}',
      /^Invalid message received: .*'id' property/,
    ],
    [
      '{"type":"subscribe","id":"1","payload":{"query":null}}',
      /^Invalid message received: .*'query' property/,
    ],
    ['{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}', /'variables' property/],
    ['{"type":"start","id":"1","payload":{"query":"{ version }"}}', /^Invalid message received: .*"start"/],
    [`{"type":"${'é'.repeat(200)}"}`, /^Invalid message received: .*é+$/],
  ])('that sends %s is told why it is closed', async (message, reason) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(message);
    const [code, given] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, given.toString()]).toEqual([4400, expect.stringMatching(reason)]);
  });

  test.each([
    ['graphql-ws', '"graphql-ws"'],
    [undefined, 'none'],
  ])('with the subprotocol %s of another protocol is logged', async (subprotocol, got) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, subprotocol);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(server.logged).toContainEqual(
      expect.objectContaining({
        msg: 'request refused',
        reason: `a WebSocket: expected the subprotocol graphql-transport-ws, got ${got}`,
      }),
    );
  });

  test('may have as many operations open as the limit says, and no more', async () => {
    const { img2img } = await ask(server.url, Img2ImgDocument, { input: { model: 'starter' } });
    const client = connect(server.url);
    const document = { query: `subscription { img2imgProgress(jobId: "${img2img.job!.id}") { sequence } }` };
    const open = Array.from({ length: MAX_OPERATIONS_PER_CONNECTION }, () => client.iterate(document).next());
    expect((await Promise.all(open)).every(({ value }) => (value as ExecutionResult).data)).toBe(true);
    await expect(client.iterate(document).next()).rejects.toMatchObject([
      { extensions: { code: 'TOO_MANY_OPERATIONS' } },
    ]);
    await client.dispose();
  });

  test('at another path, or from a foreign page, is not opened', async () => {
    const status = (path: string, origin?: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = origin === undefined ? {} : { origin };
        const socket = new WebSocket(
          server.url.replace('http', 'ws') + path,
          'graphql-transport-ws',
          options,
        );
        socket.on('unexpected-response', (_request, response) => {
          resolve(response.statusCode);
          socket.terminate();
        });
        socket.on('error', reject);
        socket.on('open', () => {
          resolve(101);
          socket.terminate();
        });
      });
    expect(await status('/other')).toBe(404);
    expect(await status('/graphql', 'https://evil.example')).toBe(403);
    expect(await status('/graphql', server.url)).toBe(101);
    expect(await status('/graphql', 'http://localhost:5173')).toBe(101);
  });
});
