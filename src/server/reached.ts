import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '../config.ts';

/** Tells whether a connection from this address comes from a proxy whose X-Forwarded headers are believed. */
export type ProxyTrust = (address: string | undefined) => boolean;

/** What TRUST_PROXY calls by name. */
const NAMED_RANGES: Readonly<Record<'loopback' | 'private', readonly string[]>> = {
  loopback: ['loopback'],
  private: ['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'],
};

/** Believes the proxies of `trustProxy`: addresses, ranges in CIDR notation, `loopback`, `private`. */
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

/** The part of a request that says how it came here. */
export type Arrival = Pick<IncomingMessage, 'headers'> & {
  /** null once a request was given up. */
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'> | null;
};

/** How a request reached this server. */
export interface Reached {
  /** Host and port as the client knows them; undefined where a request names none. */
  readonly host: string | undefined;
  /** The beginning of this server's addresses for the client, without a trailing slash. */
  readonly baseUrl: string;
  /** Every beginning that leads here; the first is `baseUrl`. */
  readonly ownUrls: readonly string[];
  /** The address of the client itself, as far as proxies that are believed tell it. */
  readonly client: string;
}

/** Tells how a request reached this server. */
export type ReadReached = (request: Arrival) => Reached;

/** Reads it from PUBLIC_URL, the Host, believed X-Forwarded headers and the listening address, in this order. */
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
    // A proxy that is not believed, or does not tell, may speak https with the client.
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

/** Whether a Host header has the form of one. */
export const isHost = (text: string): boolean => HOST.test(text) && URL.canParse(`http://${text}`);

const firstOf = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

/** An entry of the chain without its port, which some proxies add, and without the brackets of IPv6. */
function addressOf(entry: string): string | undefined {
  const [, v6 = '', v4 = ''] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i.exec(entry) ?? [];
  return [entry, v6, v4].find((text) => isIP(text) > 0);
}

/** The last address of the chain that no believed proxy stands behind. */
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
