import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '../config.ts';

/** Whether a connection from this address comes from a proxy whose X-Forwarded headers are trusted. */
export type ProxyTrust = (address: string | undefined) => boolean;

/** Named ranges of TRUST_PROXY. */
const NAMED_RANGES: Readonly<Record<'loopback' | 'private', readonly string[]>> = {
  loopback: ['loopback'],
  private: ['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'],
};

/** Trusts the proxies in `trustProxy`: addresses, ranges in CIDR notation, `loopback`, `private`. */
export function createProxyTrust({ trustProxy }: Pick<Config, 'trustProxy'>): ProxyTrust {
  const named = trustProxy.flatMap((entry) =>
    entry === 'loopback' || entry === 'private' ? NAMED_RANGES[entry] : [],
  );
  const ranges = trustProxy
    .filter((entry) => entry !== 'loopback' && entry !== 'private')
    .map((entry) => ipaddr.parseCIDR(entry.includes('/') ? entry : wholeAddress(entry)));
  return (text) => {
    if (text === undefined || !ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text); // ::ffff:10.0.0.1 is 10.0.0.1
    return (
      named.includes(address.range()) ||
      ranges.some((range) => range[0].kind() === address.kind() && address.match(range))
    );
  };
}

const wholeAddress = (address: string): string =>
  `${address}/${ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128}`;

/** The part of a request that is read here. */
export type Arrival = Pick<IncomingMessage, 'headers'> & {
  /** null once the client has disconnected. */
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'> | null;
};

/** The address under which a request reached this server. */
export interface Reached {
  /** Host and port as the client knows them; undefined if the request names none. */
  readonly host: string | undefined;
  /** Base URL of this server for the client, without a trailing slash. */
  readonly baseUrl: string;
  /** All base URLs of this server; the first is `baseUrl`. */
  readonly ownUrls: readonly string[];
  /** The client's IP address, as reported by trusted proxies. */
  readonly client: string;
}

/** Determines how a request reached this server. */
export type ReadReached = (request: Arrival) => Reached;

/** Determines it from PUBLIC_URL, trusted X-Forwarded headers, the Host header and the listening address. */
export function createReadReached(
  config: Pick<Config, 'publicUrl' | 'trustProxy'>,
  listeningUrl: () => string,
): ReadReached {
  const isTrusted = createProxyTrust(config);
  return ({ headers, socket }) => {
    const isForwarded = isTrusted(socket?.remoteAddress);
    const forwarded = (name: string, form: RegExp): string | undefined => {
      const value = isForwarded ? firstOf(headers[`x-forwarded-${name}`]) : undefined;
      return value !== undefined && form.test(value) ? value : undefined;
    };
    const host = forwarded('host', HOST) ?? headers.host;
    const scheme = forwarded('proto', /^https?$/i)?.toLowerCase() ?? 'http';
    const prefix = forwarded('prefix', /^(?:\/[\w.~-]+)+\/?$/)?.replace(/\/$/, '') ?? '';
    const asked = host === undefined ? listeningUrl() : `${scheme}://${host}${prefix}`;
    // An untrusted or silent proxy may use https with the client.
    const hosts = [host, headers.host].filter((name) => name !== undefined);
    const guesses = hosts.flatMap((name) => [`http://${name}`, `https://${name}`]);
    const baseUrl = config.publicUrl ?? asked;
    return {
      host,
      baseUrl,
      ownUrls: [...new Set([baseUrl, asked, ...guesses, listeningUrl()])],
      client: clientAddress(headers['x-forwarded-for'], socket?.remoteAddress, isTrusted),
    };
  };
}

/** A host name or address, with or without a port. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Whether a text has the form of a Host header. */
export const isHost = (text: string): boolean => HOST.test(text) && URL.canParse(`http://${text}`);

const firstOf = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

/** An entry of X-Forwarded-For without a port, which some proxies add, and without the brackets of IPv6. */
function addressOf(entry: string): string | undefined {
  const [, v6 = '', v4 = ''] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i.exec(entry) ?? [];
  return [entry, v6, v4].find((text) => isIP(text) > 0);
}

/** The last address of the chain that is not a trusted proxy's. */
function clientAddress(
  forwardedFor: string | string[] | undefined,
  remote = '',
  isTrusted: ProxyTrust,
): string {
  const chain = [forwardedFor ?? []].flat().flatMap((list) => list.split(',').map((entry) => entry.trim()));
  let client = remote;
  while (isTrusted(client)) {
    const before = addressOf(chain.pop() ?? '');
    if (before === undefined) break;
    client = before;
  }
  return client;
}
