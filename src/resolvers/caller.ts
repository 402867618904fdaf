import { InputError } from '../input-error.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Role } from '../keys/key.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Who sends an operation, and what he may do. */
export interface Caller {
  /** Whose objects his are; '' without keys. Never shown. */
  readonly owner: string;
  /** The name of his key; null without keys. */
  readonly name: string | null;
  readonly role: Role;
  readonly mayPrioritize: boolean;
  readonly quota: Quota | null;
}

/** What a key may use up; an admin's has no bounds. */
export interface Quota {
  /** Jobs that may wait; undefined: as many as the queue takes. */
  readonly waitingJobs: number | undefined;
  /** Takes the bytes of a source image. Throws InputError QUOTA_EXCEEDED. */
  readonly spendBytes: (bytes: number) => void;
}

/** Everybody, where there are no keys. */
export const ANYBODY: Caller = { owner: '', name: null, role: 'admin', mayPrioritize: true, quota: null };

/** Whether a caller works with the objects of all. */
export const seesAll = ({ role }: Caller): boolean => role === 'admin';

/** Throws InputError FORBIDDEN for a priority that puts a job before those of others, where the caller may not. */
export function mustBeAllowed(priority: number, { mayPrioritize }: Pick<Caller, 'mayPrioritize'>): void {
  if (priority <= 0 || mayPrioritize) return;
  const message = 'priority above 0 requires a key that may prioritize its jobs';
  throw new InputError('FORBIDDEN', ['priority'], message);
}

const RANK: Readonly<Record<Role, number>> = { read: 0, submit: 1, admin: 2 };

/** Throws InputError FORBIDDEN where a caller's role is below the one that `what` takes. */
export function mustHaveRole({ role }: Pick<Caller, 'role'>, needed: Role, what: string): void {
  if (RANK[role] >= RANK[needed]) return;
  throw new InputError(
    'FORBIDDEN',
    [],
    `${what} requires a key with the role ${needed}, this key has ${role}`,
  );
}

/**
 * The object store as a caller sees it: the sources of others are not there, and what is put counts against his quota. Where he
 * sees all it is the store itself.
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
