import type { JobQueue } from '../jobs/queue.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Caller, seesAll } from './caller.ts';

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
