import { lookup, promises, type LookupAddress } from 'node:dns';
import type { ResolveAll } from './address-policy.ts';

/** Milliseconds for one answer of a DNS server; it is asked twice. */
const ANSWER_TIMEOUT = 3000;

/** Names that only the system can resolve: its hosts file, names of the local network. */
const isUnknown = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'].includes(String(error.code));

/**
 * Resolves names with these DNS servers (the system's by default), then with the system. A hanging look-up of the system blocks a
 * thread, and two of them block all others: names with a dot, whose servers anybody may run, do not start there.
 */
export function resolverOf(servers?: readonly string[], timeout = ANSWER_TIMEOUT): ResolveAll {
  const nameServers = new promises.Resolver({ timeout, tries: 2 });
  if (servers) nameServers.setServers(servers);
  return (hostname, options, callback) => {
    const bySystem = () => {
      lookup(hostname, { ...options, all: true }, callback);
    };
    if (!/\.[^.]/.test(hostname)) {
      bySystem();
      return;
    }
    byNameServers(hostname, nameServers).then(
      (addresses) => {
        callback(null, addresses);
      },
      (error: unknown) => {
        if (isUnknown(error)) bySystem();
        else callback(error as NodeJS.ErrnoException);
      },
    );
  };
}

/** All addresses of a name, version 4 first. Rejects if it has no address. */
async function byNameServers(name: string, servers: promises.Resolver): Promise<LookupAddress[]> {
  const [v4, v6] = await Promise.allSettled([servers.resolve4(name), servers.resolve6(name)]);
  const addresses = [
    ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 })),
    ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 })),
  ];
  if (addresses.length === 0 && v4.status === 'rejected') throw v4.reason;
  return addresses;
}
