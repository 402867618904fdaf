import { InputError } from '../input-error.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Role } from '../keys/key.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** The sender of an operation, with role and quotas. */
export interface Caller {
  /** Owner of the caller's objects; '' without keys. Never shown to clients. */
  readonly owner: string;
  /** The name of the caller's key; null without keys. */
  readonly name: string | null;
  readonly role: Role;
  readonly mayPrioritize: boolean;
  readonly quota: Quota | null;
}

/** The quotas of a key; admins have none. */
export interface Quota {
  /** Jobs that may wait; undefined: up to the limit of the queue. */
  readonly waitingJobs: number | undefined;
  /** Counts the bytes of a source image. Throws InputError QUOTA_EXCEEDED. */
  readonly spendBytes: (bytes: number) => void;
}

/** The caller on a server without keys. */
export const ANYBODY: Caller = { owner: '', name: null, role: 'admin', mayPrioritize: true, quota: null };

/** Whether a caller can access everyone's objects. */
export const seesAll = ({ role }: Caller): boolean => role === 'admin';

/** Throws InputError FORBIDDEN for a priority above 0 if the caller may not prioritize. */
export function mustBeAllowed(priority: number, { mayPrioritize }: Pick<Caller, 'mayPrioritize'>): void {
  if (priority <= 0 || mayPrioritize) return;
  const message = 'priority above 0 requires a key that may prioritize its jobs';
  throw new InputError('FORBIDDEN', ['priority'], message);
}

const RANK: Readonly<Record<Role, number>> = { read: 0, submit: 1, admin: 2 };

/** Throws InputError FORBIDDEN if a caller's role is below the one that `what` requires. */
export function mustHaveRole({ role }: Pick<Caller, 'role'>, needed: Role, what: string): void {
  if (RANK[role] >= RANK[needed]) return;
  throw new InputError(
    'FORBIDDEN',
    [],
    `${what} requires a key with the role ${needed}, this key has ${role}`,
  );
}

/**
 * The object store as a caller sees it: without the sources of others, and counting new bytes against the caller's quota. For a
 * caller with access to everything, the store itself.
 */
export function objectsOf(
  caller: Caller,
  { objects, jobs }: { readonly objects: ObjectStore; readonly jobs: Pick<JobQueue, 'objectUses'> },
): ObjectStore {
  if (seesAll(caller)) return objects;
  const isSeen = async (sha256: string) => (await jobs.objectUses([sha256], caller.owner))[0] === 'used';
  return {
    put: async (bytes) => {
      caller.quota?.spendBytes(bytes.byteLength);
      return objects.put(bytes);
    },
    get: async (sha256) => ((await isSeen(sha256)) ? objects.get(sha256) : undefined),
    open: async (sha256) => ((await isSeen(sha256)) ? objects.open(sha256) : undefined),
    has: async (sha256) => (await isSeen(sha256)) && objects.has(sha256),
    delete: (sha256, putBefore) => objects.delete(sha256, putBefore),
    list: () => objects.list(),
    check: () => objects.check(),
  };
}
