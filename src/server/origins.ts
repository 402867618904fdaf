import { isIP } from 'node:net';
import type { Config } from '../config.ts';
import { cutValues } from '../input-error.ts';
import { isLoopbackName } from '../sources/address-policy.ts';
import { isHost } from './reached.ts';

/** Whether a page from `origin` may use this server, which it reached as `host`. */
export type OriginPolicy = (origin: string, host: string | undefined) => boolean;

/** Whether the name in a Host header is one of this server. */
export type HostPolicy = (host: string) => boolean;

/**
 * With API keys, any page may use the server, or only those of `corsOrigins`. Without keys, only those, pages from its own
 * address and pages from the same machine: else any page on the web could use an open server on the machine of its visitor.
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

/** Whether a Host header names a page's own server, in any case and with or without the default port. */
const isHostOf = (page: URL, host = ''): boolean =>
  isHost(host) && new URL(`${page.protocol}//${host}`).host === page.host;

/** The error for a page that is refused, with the remedy. */
export const whyOriginRefused = (origin: string): string =>
  `pages of ${cutValues(origin)} may not use this server: add the origin to CORS_ORIGINS`;

/**
 * Without API keys only IP addresses, names of this machine, `publicUrl` and `allowedHosts` are accepted: a page could point its
 * own name here (DNS rebinding), and would then have the same origin.
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
