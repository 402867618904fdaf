import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { LookupAddress } from 'node:dns';
import { afterEach, describe, expect, it } from 'vitest';
import type { ResolveAll } from '../../src/sources/address-policy.ts';
import { resolverOf } from '../../src/sources/resolve-names.ts';

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.close();
    await once(socket, 'close');
  }
});

/** A name server that gives 192.0.2.7 for good.example, knows nothing of none.example and is silent about the rest. */
async function nameServer(): Promise<{ address: string; asked: string[] }> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, 12);
    // eslint-disable-next-line no-control-regex -- the lengths of the labels
    const name = query.toString('latin1', 13, end).replace(/[\x01-\x1f]/g, '.');
    asked.push(name);
    const isGood = name === 'good.example' && query.readUInt16BE(end + 1) === 1;
    if (!isGood && !/^(good|none)\.example$/.test(name)) return;
    const head = Buffer.from(query.subarray(0, end + 5));
    head.writeUInt16BE(name === 'none.example' ? 0x8183 : 0x8180, 2);
    head.fill(0, 6, 12);
    head.writeUInt16BE(isGood ? 1 : 0, 6);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 7]);
    socket.send(isGood ? Buffer.concat([head, record]) : head, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

const resolved = (resolve: ResolveAll, name: string): Promise<LookupAddress[]> =>
  new Promise((done, fail) => {
    resolve(name, { all: true }, (error, addresses = []) => {
      if (error) fail(error);
      else done(addresses);
    });
  });

describe('Names', () => {
  it('are resolved while forty others hang', async () => {
    const { address, asked } = await nameServer();
    const resolve = resolverOf([address], 300);
    const hanging = Array.from({ length: 40 }, (_, i) => resolved(resolve, `hanging${i}.example`));
    const outcomes = Promise.allSettled(hanging);
    expect(await resolved(resolve, 'good.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
    expect(new Set(asked.filter((name) => name.startsWith('hanging'))).size).toBe(40);
    expect(await resolved(resolve, 'localhost')).toContainEqual({ address: '127.0.0.1', family: 4 }); // the system's threads are free
    const ended = await outcomes;
    expect(ended.map(({ status }) => status)).toEqual(Array(40).fill('rejected'));
  }, 30_000);

  it('that the name servers do not know are asked of the system', async () => {
    const { address, asked } = await nameServer();
    await expect(resolved(resolverOf([address]), 'none.example')).rejects.toThrow('getaddrinfo');
    expect(asked).toContain('none.example');
  });
});
