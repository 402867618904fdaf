import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageUnavailableError } from '../../src/storage/object-store.ts';
import { S3Store } from '../../src/storage/s3-store.ts';

/** Answers of an S3 server that is not well. */
type Fault = 'none' | 'forbidden' | 'broken' | 'without bucket' | 'silent' | 'stalled';

const STATUS = {
  forbidden: [403, 'AccessDenied'],
  broken: [500, 'InternalError'],
  'without bucket': [404, 'NoSuchBucket'],
} as const;

describe('S3Store on a server', () => {
  let server: Server;
  let fault: Fault;
  let store: S3Store;
  const stored = new Map<string, Buffer>();
  beforeEach(async () => {
    fault = 'none';
    server = createServer((request, response) => {
      const path = request.url!.split('?')[0]!;
      void buffer(request).then((body) => {
        if (fault === 'silent') return;
        if (fault !== 'none' && fault !== 'stalled') {
          const [status, code] = STATUS[fault];
          response.writeHead(status, { 'content-type': 'application/xml' });
          response.end(request.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code></Error>`);
          return;
        }
        if (request.method === 'PUT') stored.set(path, body);
        const found = stored.get(path);
        if (request.method !== 'GET' || !found)
          response.writeHead(found || /^.pictures.?$/.test(path) ? 200 : 404).end();
        else {
          response.writeHead(200, { 'content-length': found.length });
          if (fault === 'stalled') response.write(found.subarray(0, 1));
          else response.end(found);
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    store = await S3Store.open('s3://pictures');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const failure = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      (value) => value,
      (error: unknown) => error,
    );
  const unavailable = (reason: string) =>
    new StorageUnavailableError(`the bucket pictures of the object store cannot be used: ${reason}`);

  it.each<[Fault, string, string]>([
    ['forbidden', 'AccessDenied (HTTP 403)', 'Unknown (HTTP 403)'],
    ['broken', 'InternalError (HTTP 500)', 'Unknown (HTTP 500)'],
    ['without bucket', 'NoSuchBucket (HTTP 404)', 'NotFound (HTTP 404)'],
  ])('%s is unavailable: no call takes it for a store without the object', async (kind, reason, ofHead) => {
    const { sha256 } = await store.put(Buffer.from('picture'));
    fault = kind;
    expect(await failure(store.put(Buffer.from('other')))).toEqual(unavailable(reason));
    expect(await failure(store.get(sha256))).toEqual(unavailable(reason));
    expect(await failure(store.open(sha256))).toEqual(unavailable(reason));
    expect(await failure(store.check())).toEqual(unavailable(ofHead));
    fault = 'none';
    expect((await store.get(sha256))!.toString()).toBe('picture');
  });

  it('that does not answer is given up after five seconds', async () => {
    const { sha256 } = await store.put(Buffer.from('picture'));
    fault = 'silent';
    const reason = unavailable('it did not answer within 5 seconds');
    const calls = [
      store.put(Buffer.from('other')),
      store.get(sha256),
      store.open(sha256),
      store.has(sha256),
      store.check(),
    ];
    expect(await Promise.all(calls.map(failure))).toEqual(Array(5).fill(reason));
  }, 15_000);

  it('that stops in the middle of an object is given up after five seconds', async () => {
    const { sha256 } = await store.put(Buffer.from('picture'));
    fault = 'stalled';
    const read = failure(store.open(sha256).then((opened) => buffer(opened!.stream)));
    expect(await failure(store.get(sha256))).toBeInstanceOf(StorageUnavailableError);
    expect(await read).toBeInstanceOf(Error);
  }, 15_000);
});
