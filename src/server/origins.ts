import { isIP } from 'node:net';
import type { Config } from '../config.ts';
import { cutValues } from '../input-error.ts';
import { isLoopbackName } from '../sources/address-policy.ts';
import { isHost } from './reached.ts';

/** Tells whether a page from `origin` may use this server, which it reached as `host`. */
export type OriginPolicy = (origin: string, host: string | undefined) => boolean;

/** Tells whether this server may be reached under the name in a Host header. */
export type HostPolicy = (host: string) => boolean;

/**
 * Where API keys protect the server, any page may use it, or those of `corsOrigins` alone. Otherwise only these, pages of
 * its own address and of the same machine: a browser would let every page on the web reach an open server on its user's
 * machine.
 */
export function createOriginPolicy(
  { publicUrl, corsOrigins }: Pick<Config, 'publicUrl' | 'corsOrigins'>,
  areKeysAsked: () => boolean,
): OriginPolicy {
  const ownOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return (origin, host) => {
    const anyMay = corsOrigins.includes('*') || (areKeysAsked() && corsOrigins.length === 0);
    if (anyMay || origin === ownOrigin || corsOrigins.includes(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return isHostOf(url, host) || (!areKeysAsked() && isLoopbackName(url.hostname));
  };
}

/** Whether a Host header names the place of a page, in any case and with or without the usual port. */
const isHostOf = (page: URL, host = ''): boolean =>
  isHost(host) && new URL(`${page.protocol}//${host}`).host === page.host;

/** Why a page is refused, with the remedy. */
export const whyOriginRefused = (origin: string): string =>
  `pages of ${cutValues(origin)} may not use this server: add the origin to CORS_ORIGINS`;

/**
 * Without API keys only addresses, names of this machine, `publicUrl` and `allowedHosts` are this server's names: a page
 * could have its own name lead here (DNS rebinding), and would then be of the same origin.
 */
export function createHostPolicy(
  { publicUrl, allowedHosts, host: listeningHost }: Pick<Config, 'publicUrl' | 'allowedHosts' | 'host'>,
  areKeysAsked: () => boolean,
): HostPolicy {
  const names = new Set([listeningHost.toLowerCase(), ...allowedHosts]);
  if (publicUrl !== undefined) names.add(new URL(publicUrl).hostname);
  return (host) => {
    if (areKeysAsked() || allowedHosts.includes('*')) return true;
    const { hostname } = new URL(`http://${host}`);
    const name = hostname.replace(/\.$/, '');
    return isIP(name.replace(/^\[|\]$/g, '')) > 0 || isLoopbackName(name) || names.has(name);
  };
}
