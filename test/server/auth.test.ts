import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CloseEvent } from 'ws';
import { createOriginPolicy } from '../../src/server/origins.ts';
import { ServerDocument } from '../client/generated/graphql.ts';
import { connect, post } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ API_KEYS: 'first, second' });
});
afterAll(() => server.close());

describe('A server with API keys', () => {
  test.each(['Bearer first', 'bearer second'])('takes "%s"', async (authorization) => {
    const { status, data } = await post(server.url, ServerDocument, {}, { authorization });
    expect([status, data?.models.length]).toEqual([200, 5]);
  });

  test.each([undefined, 'Bearer third', 'Bearer ', 'Basic first', 'first', 'Bearer first second'])(
    'answers the authorization %o with 401 and says what is missing',
    async (authorization) => {
      const { status, errors } = await post(
        server.url,
        ServerDocument,
        {},
        authorization ? { authorization } : {},
      );
      expect(status).toBe(401);
      expect(errors).toEqual([
        {
          message: 'An API key is required: send the header "Authorization: Bearer <key>"',
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ]);
    },
  );

  test('takes a key in the parameters of a WebSocket', async () => {
    const client = connect(server.url, { authorization: 'Bearer first' });
    const answer = await client.iterate({ query: '{ __typename }' }).next();
    expect(answer.value).toEqual({ data: { __typename: 'Query' } });
    await client.dispose();
  });

  test.each([{}, { authorization: 'Bearer third' }])(
    'closes a WebSocket with %o as 4403',
    async (parameters) => {
      const client = connect(server.url, parameters);
      const closed: unknown = await client
        .iterate({ query: '{ __typename }' })
        .next()
        .catch((event: unknown) => event);
      expect((closed as CloseEvent).code).toBe(4403);
      await client.dispose();
    },
  );

  test('still answers probes, images and the page of the playground', async () => {
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('LatentQL');
    expect([page.status, (await fetch(`${server.url}/ready`)).status]).toEqual([200, 200]);
    expect((await fetch(`${server.url}/images/${'0'.repeat(64)}.png`)).status).toBe(404);
  });
});

describe('The origin policy', () => {
  const open = createOriginPolicy(
    { publicUrl: 'https://art.example/latentql', corsOrigins: [] },
    () => false,
  );

  test.each([
    ['http://10.0.0.5:4000', true],
    ['https://art.example', true],
    ['http://localhost:5173', true],
    ['http://127.0.0.1:3000', true],
    ['http://[::1]:3000', true],
    ['https://evil.example', false],
    ['https://localhost.evil.example', false],
    ['null', false],
  ])('of an open server, reached as 10.0.0.5:4000, answers a page from %s with %o', (origin, allowed) => {
    expect(open(origin, '10.0.0.5:4000')).toBe(allowed);
  });

  test.each([
    ['https://paint.example', 'paint.example:443', true],
    ['http://paint.example', 'Paint.Example:80', true],
    ['https://paint.example', 'paint.example:80', false],
    ['https://paint.example:8443', 'paint.example', false],
    ['https://evil.example', 'paint.example@evil.example', false],
    ['https://paint.example', '', false],
  ])('takes a page from %s for one of %s: %o', (origin, host, allowed) => {
    expect(open(origin, host)).toBe(allowed);
  });

  test('lets every page in where keys are asked for', () => {
    const policy = createOriginPolicy({ publicUrl: undefined, corsOrigins: [] }, () => true);
    expect(policy('https://evil.example', 'x')).toBe(true);
  });

  test('decides what the browser is told, and the log tells which setting would let a page in', async () => {
    const preflight = async (url: string, origin: string) => {
      const { headers } = await fetch(`${url}/graphql`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    };
    const own = await startTestServer();
    expect(await preflight(own.url, 'http://localhost:5173')).toEqual(['http://localhost:5173', null]);
    expect(await preflight(own.url, 'https://evil.example')).toEqual([null, null]);
    expect(own.logged).toContainEqual(
      expect.objectContaining({
        msg: 'request refused',
        reason: 'pages of https://evil.example may not use this server: add the origin to CORS_ORIGINS',
      }),
    );
    expect(await preflight(server.url, 'https://evil.example')).toEqual(['https://evil.example', null]);
    await own.close();
  });
});
