import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether connections to an IP address are allowed. */
export type AddressPolicy = (address: string) => boolean;

/** Cloud services at public addresses: Azure's, which returns secrets of the virtual machine. */
const CLOUD_SERVICES = ['168.63.129.16'];

/** Global unicast addresses only: nothing private, local, reserved or multicast, and no embedded addresses. */
export const publicAddresses: AddressPolicy = (text) => {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || CLOUD_SERVICES.includes(address.toString())) return false;
  // IANA allocates from 2000::/3 alone; that excludes ::a.b.c.d, which older systems route as IPv4.
  return address instanceof ipaddr.IPv4 || (address.parts[0]! & 0xe000) === 0x2000;
};

/** Whether the host of a URL is a common name of this machine. */
export const isLoopbackName = (hostname: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/** Allows every address, for operators who trust their callers. */
export const anyAddress: AddressPolicy = () => true;

/** An address or name that the policy refuses; the message does not reveal what a name resolves to. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
  constructor(host: string) {
    super(`expected a public address, but ${host} is not public`);
  }
}

/** Resolves a host name to all its addresses. */
export type ResolveAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that fails with RefusedAddressError unless the policy allows every address of the name. The socket
 * connects to the addresses that were checked, so that a name which changes its address in between gains nothing.
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

/** Throws RefusedAddressError for a URL whose host is a refused address: sockets call `lookup` for names only. */
export function checkLiteralHost(url: URL, isAllowed: AddressPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host) && !isAllowed(host)) throw new RefusedAddressError(url.hostname);
}
