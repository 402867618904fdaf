import { once } from 'node:events';
import { connect } from 'node:net';
import type { RedisOptions } from 'ioredis';
import { ConfigError } from '../../config.ts';
import { isRedisUrl, wrongRedisUrl } from '../../store-urls.ts';

/** A host and a port of Redis. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A parsed QUEUE_URL. */
export interface RedisAddress {
  readonly hosts: readonly Address[];
  /** Name of the master, if `hosts` are sentinels. */
  readonly sentinel: string | undefined;
  readonly options: RedisOptions;
  /** The URL without user and password. */
  readonly shown: string;
}

const PARTS = /^(rediss?)(\+sentinel)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^@?#]*))?$/;

/** Reads redis://, rediss://, redis+sentinel:// and rediss+sentinel://, with one host or several. Throws ConfigError. */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = PARTS.exec(url);
  if (!isRedisUrl(url) || !parts) throw wrong(wrongRedisUrl(url));
  const [, scheme, sentinel, credentials = '', hosts, path = ''] = parts as unknown as [string, ...string[]];
  const shown = url.replace(/\/\/[^/]*@/, '//');
  const [username = '', password = ''] = credentials.split(/:(.*)/s).map(decoded);
  if (sentinel && path === '')
    throw wrong(`expected the master's name behind the sentinels, such as /mymaster, got ${shown}`);
  if (!sentinel && !/^\d{0,5}$/.test(path))
    throw wrong(`expected the number of a database, such as /1, or nothing behind the host, got "/${path}"`);
  return {
    hosts: hosts!.split(',').map((one) => hostOf(one, sentinel ? 26_379 : 6379)),
    sentinel: sentinel && path,
    options: {
      ...(username !== '' && { username }),
      ...(password !== '' && { password }),
      ...(scheme === 'rediss' && { tls: {} }),
      ...(!sentinel && path !== '' && { db: Number(path) }),
    },
    shown,
  };
}

/** Throws ConfigError. */
function hostOf(text: string, defaultPort: number): Address {
  const [, address, name, digits] = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::(\d+))?$/i.exec(text) ?? [];
  const host = address ?? name;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  const found = digits === undefined ? 'another form' : `the port ${digits}`; // a forgotten host leaves a password here
  throw wrong(`expected host:port with a port from 1 to 65535, an IPv6 address in brackets, got ${found}`);
}

/** Throws ConfigError. */
function decoded(credential: string): string {
  try {
    return decodeURIComponent(credential);
  } catch {
    throw wrong('expected user and password percent-encoded, found a % that encodes nothing');
  }
}

const wrong = (problem: string): ConfigError => new ConfigError(`QUEUE_URL: ${problem}`);

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
