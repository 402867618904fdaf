import { createHash } from 'node:crypto';

/** What a key may do: `read` its own objects, `submit` jobs as well, `admin` everything with the objects of all. */
export const ROLES = ['read', 'submit', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** An API key as it is kept: never the key itself. Times are milliseconds since the epoch. */
export interface Key {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the key, lower-case hex. */
  readonly hash: string;
  /** Whose objects it works with; null: its own, which follow from the key. */
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

/** Digits of a hash that name an owner: enough to tell keys apart, too few to find one from it. */
const OWNER_DIGITS = 16;

/** Whose objects a key makes, where it does not say so. */
export const ownerOf = (key: string): string =>
  digestOf(`owner of ${key}`).toString('hex').slice(0, OWNER_DIGITS);

/** A key that is known by its hash alone. */
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

/** A key of API_KEYS: it has no name but the first digits of its owner, and may submit. */
export const plainKey = (key: string): Key =>
  hashedKey(`key-${ownerOf(key).slice(0, 6)}`, 'submit', digestOf(key).toString('hex'));

/** Why a key is not taken at a time; undefined if it is. */
export function whyRefused(key: Key, now: number): 'revoked' | 'expired' | undefined {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'expired' : undefined;
}
