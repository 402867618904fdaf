import { createHash, randomBytes } from 'node:crypto';

/**
 * The seed of a request that leaves it open, unsigned 64-bit. With an idempotency key it follows from the key:
 * a repeated request must be the same request.
 */
export function drawSeed(idempotencyKey: string | null): bigint {
  const bytes =
    idempotencyKey === null ? randomBytes(8) : createHash('sha256').update(idempotencyKey).digest();
  return bytes.readBigUInt64BE();
}
