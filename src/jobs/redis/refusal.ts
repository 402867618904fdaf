import { once } from 'node:events';
import { connect } from 'node:net';
import type { Address, RedisAddress } from './address.ts';

/** Milliseconds in which a Redis that refuses a connection says so. */
const PATIENCE = 2000;

/**
 * Why a Redis that accepted a connection did not answer, where that can be found out: it is in protected mode, it has too many
 * clients, or TLS is spoken on one side alone. Undefined otherwise.
 */
export async function whyRefused(
  { options, sentinel }: RedisAddress,
  { host, port }: Address,
): Promise<string | undefined> {
  if (sentinel !== undefined) return undefined;
  const said = await answerTo('PING\r\n', host, port);
  if (said === undefined) return undefined;
  if (said.startsWith('-DENIED')) {
    return (
      'it is in protected mode and accepts clients of its own machine alone: set a password (requirepass) and give it in ' +
      'QUEUE_URL, or set protected-mode no where a firewall guards it'
    );
  }
  const spokenPlainly = /^[+-][A-Z]+/.exec(said);
  if (options.tls && spokenPlainly) return 'it does not speak TLS: expected redis:// instead of rediss://';
  if (!options.tls && said.startsWith('\x15\x03'))
    return 'it speaks TLS: expected rediss:// instead of redis://';
  return undefined;
}

/** What comes back on a bare connection; undefined where nothing does. */
async function answerTo(words: string, host: string, port: number): Promise<string | undefined> {
  const socket = connect({ host, port, timeout: PATIENCE });
  socket.on('timeout', () => socket.destroy());
  socket.on('connect', () => socket.write(words));
  const answer = once(socket, 'data').then(([bytes]) => (bytes as Buffer).toString('latin1'));
  const nothing = once(socket, 'close').then(() => undefined);
  try {
    return await Promise.race([answer, nothing]);
  } catch {
    return undefined; // ioredis has reported it
  } finally {
    socket.on('error', () => undefined).destroy();
    answer.catch(() => undefined);
    nothing.catch(() => undefined);
  }
}
