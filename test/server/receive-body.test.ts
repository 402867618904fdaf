import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES_IN_MEMORY } from '../../src/server/limits.ts';
import { type BodyRoom, receiveBody } from '../../src/server/receive-body.ts';
import { ByteBudget } from '../../src/sources/byte-budget.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  await folder.remove();
});

/** A server that answers a body with its length and hash. */
async function serve(
  memory: number,
  files = 1e9,
  place = join(folder.path, 'incoming'),
): Promise<{ port: number; url: string; room: Required<BodyRoom> }> {
  const room = { folder: place, memory: new ByteBudget(memory), files: new ByteBudget(files) };
  const server = createServer((request, response) => {
    receiveBody(request, response, room);
    buffer(request).then(
      (body) => response.end(`${body.length} ${createHash('sha256').update(body).digest('hex')}`),
      () => response.destroy(),
    );
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/`, room };
}

/** A client that has sent a part of a body. */
function begin(port: number, body: Buffer, sent: number): Socket {
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
  client.write(body.subarray(0, sent));
  return client;
}

const post = async (url: string, length: number) => {
  const response = await fetch(url, { method: 'POST', body: 'x'.repeat(length) });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.text(),
  };
};

describe('The bodies of requests', () => {
  test('count together as they arrive, and are refused with 503 where there is no room', async () => {
    const { port, url } = await serve(100_000);
    const slow = connect(port, '127.0.0.1');
    slow.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(60_000)}`);
    await expect.poll(async () => (await post(url, 50_000)).status).toBe(503);
    const refused = await post(url, 50_000);
    expect(refused.retryAfter).toBe('5');
    expect(JSON.parse(refused.body)).toEqual({
      errors: [{ message: expect.stringContaining('100000 bytes') as string, extensions: { code: 'BUSY' } }],
    });
    expect(await post(url, 1000)).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^1000 /) as string,
    });
    slow.write('x'.repeat(10_000));
    const [answer] = (await once(slow, 'data')) as [Buffer];
    expect(answer.toString()).toContain('70000');
    expect(await post(url, 99_000)).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^99000 /) as string,
    });
    slow.destroy();
  });

  test('are given back when their client leaves', async () => {
    const { port, url } = await serve(100_000);
    const leaving = connect(port, '127.0.0.1');
    leaving.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(80_000)}`);
    await expect.poll(async () => (await post(url, 50_000)).status).toBe(503);
    leaving.destroy();
    await expect.poll(async () => (await post(url, 50_000)).status).toBe(200);
  });

  test('wait on disk where they are large and slow, and come as they were sent', async () => {
    const { port, url, room } = await serve(2_500_000);
    const body = randomBytes(1_000_000);
    const hash = createHash('sha256').update(body).digest('hex');
    const slow: Socket[] = [];
    while (slow.length < 5) {
      slow.push(begin(port, body, 900_000));
      await expect.poll(() => room.memory.taken + room.files.taken).toBe(slow.length * 900_000);
    }
    expect((await post(url, 200_000)).status).toBe(200);
    for (const client of slow) {
      client.write(body.subarray(900_000));
      const [answer] = (await once(client, 'data')) as [Buffer];
      expect(answer.toString()).toContain(`1000000 ${hash}`);
      client.destroy();
    }
    expect(await readdir(join(folder.path, 'incoming'))).toEqual([]);
  });

  test('are refused where there is no room on disk, or no folder can be made', async () => {
    const full = await serve(1e9, 2 * MAX_BODY_BYTES_IN_MEMORY);
    expect((await post(full.url, 2 * MAX_BODY_BYTES_IN_MEMORY)).status).toBe(200);
    expect(await post(full.url, 4 * MAX_BODY_BYTES_IN_MEMORY)).toMatchObject({
      status: 503,
      retryAfter: '5',
    });
    await writeFile(join(folder.path, 'file'), '');
    const none = await serve(1e9, 1e9, join(folder.path, 'file', 'incoming'));
    const refused = await post(none.url, 4 * MAX_BODY_BYTES_IN_MEMORY);
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      503,
      {
        errors: [
          {
            message: 'The server cannot store this request (ENOTDIR)',
            extensions: { code: 'STORAGE_FULL' },
          },
        ],
      },
    ]);
    expect((await post(none.url, 1000)).status).toBe(200);
  });
});
