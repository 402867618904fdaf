import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { countBody } from '../../src/server/body-budget.ts';
import { ByteBudget } from '../../src/sources/byte-budget.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** A server that answers a body with its length, when it is asked to. */
async function serve(limit: number): Promise<{ port: number; url: string }> {
  const budget = new ByteBudget(limit);
  const server = createServer((request, response) => {
    countBody(request, response, budget);
    text(request).then(
      (body) => response.end(String(body.length)),
      () => response.destroy(),
    );
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/` };
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
    expect(await post(url, 1000)).toMatchObject({ status: 200, body: '1000' });
    slow.write('x'.repeat(10_000));
    const [answer] = (await once(slow, 'data')) as [Buffer];
    expect(answer.toString()).toContain('70000');
    expect(await post(url, 99_000)).toMatchObject({ status: 200, body: '99000' });
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
});
