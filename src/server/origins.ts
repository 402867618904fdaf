import type { Config } from '../config.ts';
import { isLoopbackName } from '../sources/address-policy.ts';

/** Tells whether a page from `origin` may use this server, which it reached as `host`. */
export type OriginPolicy = (origin: string, host: string | undefined) => boolean;

/**
 * Where API keys protect the server, any page may use it. Otherwise only pages of its own address and of the same
 * machine: a browser would let every page on the web reach an open server on its user's machine.
 */
export function createOriginPolicy(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  areKeysAsked: () => boolean,
): OriginPolicy {
  const ownOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return (origin, host) => {
    if (areKeysAsked() || origin === ownOrigin) return true;
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return url.host === host || isLoopbackName(url.hostname);
  };
}
