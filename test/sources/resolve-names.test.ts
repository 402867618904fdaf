import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResolveAll } from '../../src/sources/address-policy.ts';
import { resolverOf } from '../../src/sources/resolve-names.ts';
import { type NameServer, startNameServer } from './name-server.ts';

let server: NameServer;
beforeEach(async () => {
  server = await startNameServer({ 'good.example': '192.0.2.7' });
});
afterEach(() => server.close());

const resolved = (resolve: ResolveAll, name: string): Promise<LookupAddress[]> =>
  new Promise((done, fail) => {
    resolve(name, { all: true }, (error, addresses = []) => {
      if (error) fail(error);
      else done(addresses);
    });
  });

describe('Names', () => {
  it('are resolved while forty others hang', async () => {
    const resolve = resolverOf([server.address], 300);
    const hanging = Array.from({ length: 40 }, (_, i) => resolved(resolve, `hanging${i}.example`));
    const outcomes = Promise.allSettled(hanging);
    expect(await resolved(resolve, 'good.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
    expect([...server.asked].filter((name) => name.startsWith('hanging'))).toHaveLength(40);
    expect(await resolved(resolve, 'localhost')).toContainEqual({ address: '127.0.0.1', family: 4 }); // the system's threads are free
    const ended = await outcomes;
    expect(ended.map(({ status }) => status)).toEqual(Array(40).fill('rejected'));
  }, 30_000);

  it('that the name servers do not know are asked of the system', async () => {
    await expect(resolved(resolverOf([server.address]), 'none.example')).rejects.toThrow('getaddrinfo');
    expect([...server.asked]).toContain('none.example');
  });
});
