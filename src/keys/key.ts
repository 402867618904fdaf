import { createHash } from 'node:crypto';

/** Roles: `read` its own objects, `submit` jobs as well, `admin` everything, with everyone's objects. */
export const ROLES = ['read', 'submit', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** An API key as it is stored, without the key itself. Times are milliseconds since the epoch. */
export interface Key {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the key, lower-case hex. */
  readonly hash: string;
  /** Owner of its objects; null: derived from the key. */
  readonly owner: string | null;
  /** Whether its jobs may have a priority above 0. */
  readonly mayPrioritize: boolean;
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** Names of keys: letters, digits, dots, hyphens and underscores. */
export const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The SHA-256 of a key. */
export const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Digits of a hash that identify an owner: enough to distinguish keys, too few to find a key. */
const OWNER_DIGITS = 16;

/** The owner that is derived from a key. */
export const ownerOf = (key: string): string =>
  digestOf(`owner of ${key}`).toString('hex').slice(0, OWNER_DIGITS);

/** A key of which only the hash is known. */
export const hashedKey = (name: string, role: Role, hash: string): Key => ({
  name,
  role,
  hash,
  owner: null,
  mayPrioritize: false,
  createdAt: null,
  expiresAt: null,
  revokedAt: null,
});

/** A key of API_KEYS: named by the first digits of its owner, with the role `submit`. */
export const plainKey = (key: string): Key =>
  hashedKey(`key-${ownerOf(key).slice(0, 6)}`, 'submit', digestOf(key).toString('hex'));

/** Why a key is invalid at a time; undefined if it is valid. */
export function whyRefused(key: Key, now: number): 'revoked' | 'expired' | undefined {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'expired' : undefined;
}
