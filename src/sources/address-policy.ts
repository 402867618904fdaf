import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Decides whether an IP address may be connected to. */
export type AddressPolicy = (address: string) => boolean;

/** Services of a cloud's own network at public addresses: Azure's, which gives out secrets of its machines. */
const CLOUD_SERVICES = ['168.63.129.16'];

/** Global unicast addresses only: nothing private, local, reserved, multicast, or wrapping another address. */
export const publicAddresses: AddressPolicy = (text) => {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || CLOUD_SERVICES.includes(address.toString())) return false;
  // IANA allocates from 2000::/3 alone; that excludes ::a.b.c.d, which older systems route as IPv4.
  return address instanceof ipaddr.IPv4 || (address.parts[0]! & 0xe000) === 0x2000;
};

/** Whether the host of a URL is a usual name of this machine itself. */
export const isLoopbackName = (hostname: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/** For operators who trust their callers. */
export const anyAddress: AddressPolicy = () => true;

/** An address or name that the policy refuses; the message does not tell what a name leads to. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
  constructor(host: string) {
    super(`expected a public address, ${host} is not at one`);
  }
}

/** Resolves a host name to all its addresses. */
export type ResolveAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that fails with RefusedAddressError unless the policy allows every address of the name. What is
 * checked is what the socket connects to, so that a name which changes its address in between gains nothing.
 */
export function guardedLookup(isAllowed: AddressPolicy, resolve: ResolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      if (error) callback(error, []);
      else if (!first || !addresses.every(({ address }) => isAllowed(address))) {
        callback(new RefusedAddressError(hostname), []);
      } else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Throws RefusedAddressError for a URL whose host is an address that the policy refuses: sockets look up names only. */
export function checkLiteralHost(url: URL, isAllowed: AddressPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host) && !isAllowed(host)) throw new RefusedAddressError(url.hostname);
}
