import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Sends bytes to the server; what it answers until it ends the connection. */
async function raw(...pieces: (string | Buffer)[]): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const answer = text(socket);
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  return answer;
}

/** The status and the error of an answer. */
function refusalIn(answer: string): unknown[] {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return [Number(head.split(' ')[1]), (JSON.parse(body) as { error: unknown }).error];
}

const HOST = 'Host: 127.0.0.1\r\nConnection: close\r\n';

describe('What is no HTTP request', () => {
  test.each<[string, string | Buffer, number, RegExp | string]>([
    [
      'an address that is too long',
      `GET /graphql?query=${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
      431,
      'the address and the headers may have 16 KiB together: send long documents and variables by POST',
    ],
    [
      'HTTPS',
      Buffer.from('16030102000100', 'hex'),
      400,
      'this server speaks HTTP, not HTTPS: use http://, or put a proxy with TLS in front of it',
    ],
    ['another protocol', 'SSH-2.0-x\r\n\r\n', 400, /^this is not a valid HTTP\/1\.1 request: /],
    [
      'two lengths',
      `POST /graphql HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
      400,
      /^this is not a valid HTTP\/1\.1 request: /,
    ],
    [
      'a chunk without a size',
      `POST /graphql HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
      /^this is not a valid HTTP\/1\.1 request: /,
    ],
  ])('is answered with its reason: %s', async (_what, sent, status, message) => {
    expect(refusalIn(await raw(sent))).toEqual([
      status,
      {
        code: 'BAD_REQUEST',
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      },
    ]);
  });

  test('is not answered in the middle of another answer', async () => {
    const subscribe = '{"query":"subscription { jobsChanged { id } }"}';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n` +
        `Content-Length: ${subscribe.length}\r\n\r\n${subscribe}`,
    );
    const [beginning] = (await once(socket, 'data')) as [Buffer];
    expect(beginning.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
    const answer = text(socket);
    socket.write('nonsense\r\n\r\n');
    expect(await answer).not.toContain('BAD_REQUEST');
  });
});

describe('A request', () => {
  test('with two Host headers is refused, since a proxy may read the other one', async () => {
    const answer = await raw(`GET /health HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`);
    expect(refusalIn(answer)).toEqual([
      400,
      { code: 'BAD_REQUEST', message: 'the request must have one Host header, got several' },
    ]);
  });

  test('in a transfer encoding that is not read is refused', async () => {
    const answer = await raw(
      `POST /graphql HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(refusalIn(answer)).toEqual([
      501,
      {
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: 'the Transfer-Encoding must be chunked, got "gzip, chunked"',
      },
    ]);
  });
});

describe('A page on another site', () => {
  const address = () => `${server.url}/images/${'0'.repeat(64)}.png`;

  test('may send the key of a source with its request, after a preflight', async () => {
    const { status, headers } = await fetch(address(), {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect([status, Object.fromEntries(headers)]).toEqual([
      204,
      expect.objectContaining({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': 'authorization',
      }),
    ]);
  });

  test('reads why there is no picture', async () => {
    const { status, headers } = await fetch(address(), { headers: { origin: 'https://page.example' } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([404, '*']);
  });
});
