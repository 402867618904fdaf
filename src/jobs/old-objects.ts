import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectStore } from '../storage/object-store.ts';
import type { JobQueue, ObjectUse } from './queue.ts';

/** Jobs or objects that are dealt with between two turns of the event loop. */
export const BATCH = 16;

/** Objects that are deleted at a time. */
const PARALLEL = 4;

/**
 * The objects that were last put before a time (milliseconds since the epoch), in batches, with what each is to the jobs, and
 * a turn of the event loop between two batches.
 */
export async function* oldObjects(
  { objects, queue }: { objects: Pick<ObjectStore, 'list'>; queue: Pick<JobQueue, 'objectUses'> },
  putBefore: number,
): AsyncGenerator<{ readonly hashes: readonly string[]; readonly uses: readonly ObjectUse[] }> {
  let hashes: string[] = [];
  for await (const { sha256, putAt } of objects.list()) {
    if (putAt < putBefore) hashes.push(sha256);
    if (hashes.length < BATCH) continue;
    yield { hashes, uses: await queue.objectUses(hashes) };
    hashes = [];
    await nextTurn();
  }
  if (hashes.length > 0) yield { hashes, uses: await queue.objectUses(hashes) };
}

/** Deletes what was last put before a time, a few at a time. */
export async function deleteObjects(
  objects: Pick<ObjectStore, 'delete'>,
  sha256s: readonly string[],
  putBefore: number,
): Promise<void> {
  const left = [...sha256s];
  const deleteNext = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await objects.delete(next, putBefore);
  };
  await Promise.all(Array.from({ length: PARALLEL }, deleteNext));
}
