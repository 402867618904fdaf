import { webcrypto } from 'node:crypto';

/** Whether these are the bytes with a SHA-256. Computed off the event loop. */
export async function isIntact(sha256: string, bytes: Uint8Array): Promise<boolean> {
  const digest = await webcrypto.subtle.digest('SHA-256', bytes);
  return Buffer.from(digest).toString('hex') === sha256;
}

/** Throws RangeError for anything but a SHA-256 in lower-case hex: it becomes part of a path. */
export function mustBeHash(sha256: string): void {
  if (/^[0-9a-f]{64}$/.test(sha256)) return;
  throw new RangeError(`sha256: expected 64 lower-case hex digits, got ${JSON.stringify(sha256)}`);
}
