import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { ConfigError, type Config } from '../config.ts';

/**
 * Throws ConfigError if a server without keys would listen on an address that other machines can reach, unless
 * ALLOW_ANONYMOUS allows it.
 */
export async function mustBeGuarded(
  { host, allowAnonymous }: Pick<Config, 'host' | 'allowAnonymous'>,
  areKeysAsked: boolean,
): Promise<void> {
  if (areKeysAsked || allowAnonymous || (await isLoopback(host))) return;
  throw new ConfigError(
    `HOST ${host} can be reached from other machines, and there are no API keys: anyone could use this server. ` +
      'Make a key (latentql keys add <name>, or API_KEYS), set HOST to 127.0.0.1, or set ALLOW_ANONYMOUS=true if this is intended.',
  );
}

/** Whether only this machine can reach a host. A name that does not resolve is refused when the server listens. */
async function isLoopback(host: string): Promise<boolean> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.every(({ address }) => ipaddr.process(address).range() === 'loopback');
}
