import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
let png: Buffer;
let sha256: string;
beforeAll(async () => {
  server = await startTestServer();
  png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  ({ sha256 } = await server.services.objects.put(png));
});
afterAll(() => server.close());

const get = (path: string, init: RequestInit = {}) => fetch(server.url + path, init);
const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** Sends a request target as it is, which fetch would tidy up. */
const raw = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('the server', () => {
  test('is healthy and ready, with what it has to do', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    const ready = await get('/ready');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', waiting: 0, running: 0 }]);
  });

  test('tells Prometheus about the process, the queue and the engines', async () => {
    const metrics = await get('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const lines = (await metrics.text()).split('\n');
    expect(lines).toContain('latentql_jobs{state="waiting"} 0');
    expect(lines).toContain('latentql_jobs{state="running"} 0');
    expect(lines.filter((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toHaveLength(1);
  });

  test('is not ready while the queue cannot be read', async () => {
    const own = await startTestServer();
    const { jobs } = own.services;
    jobs.counts = () => Promise.reject(new Error('disk gone'));
    const ready = await fetch(`${own.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not ready', problems: ['disk gone'] },
    ]);
    await own.close();
  });

  test('links from its front page to the playground, and shows the example picture', async () => {
    expect(await (await get('/')).text()).toContain('href="graphql"');
    expect(await bytes(await get('/example.png'))).toEqual(await readFile('assets/example.png'));
  });

  test('says what it does not have and what it does not take', async () => {
    const absent = await get('/absent');
    expect([absent.status, await absent.json()]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'nothing is served at /absent' } },
    ]);
    const posted = await get('/health', { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each(['//', '/%', '/images/%zz', '*', 'http://other/health', '/graphql/../health?x=%'])(
    'answers the odd target %s with something below 500',
    async (path) => {
      expect(await raw(path)).toBeLessThan(500);
    },
  );
});

describe('/images', () => {
  test('hands out the stored bytes, to be kept forever', async () => {
    const response = await get(`/images/${sha256}.png`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(png.byteLength),
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(await bytes(response)).toEqual(png);
  });

  test.each([
    ['webp', 'image/webp', 'webp'],
    ['jpg', 'image/jpeg', 'jpeg'],
    ['avif', 'image/avif', 'heif'],
  ])('makes %s of it', async (extension, type, format) => {
    const response = await get(`/images/${sha256}.${extension}?quality=40`);
    expect(response.headers.get('content-type')).toBe(type);
    const seen = await sharp(await bytes(response)).metadata();
    expect([seen.format, seen.width, seen.height]).toEqual([format, 8, 8]);
  });

  test('answers HEAD without the bytes, and 304 to who has them', async () => {
    const head = await get(`/images/${sha256}.png`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), (await bytes(head)).length]).toEqual([
      200,
      String(png.byteLength),
      0,
    ]);
    const etag = head.headers.get('etag')!;
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(`/images/${sha256}.png`, { headers: { 'if-none-match': held } });
      expect([again.status, again.headers.get('etag')]).toEqual([304, etag]);
    }
    const other = await get(`/images/${sha256}.webp`, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
  });

  test.each([
    [`${'0'.repeat(64)}.png`, 404, /^there is no image 0{64}$/],
    [
      `${'0'.repeat(63)}.png`,
      400,
      /^expected \/images\/<sha256 in lower-case hex>\.png\|webp\|jpg\|avif, got/,
    ],
    [`${'0'.repeat(64)}.gif`, 400, /^expected \/images/],
    [`..%2f..%2fetc%2fpasswd.png`, 400, /^expected \/images/],
  ])('answers %s with %i and why', async (name, status, message) => {
    const response = await get(`/images/${name}`);
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, message.test(error.message)]).toEqual([status, true]);
  });

  test.each(['0', '101', 'x', '-1', ''])('refuses the quality "%s"', async (quality) => {
    const response = await get(`/images/${sha256}.webp?quality=${quality}`);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([400, 'INVALID_VALUE']);
    expect(error.message).toMatch(/^quality must be from 1 to 100, got /);
  });
});
