import { deleteObjects, oldObjects } from '../jobs/retention.ts';
import { JobArchive } from '../jobs/sqlite/index.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mustHaveJobs } from './backup.ts';
import { type ObjectReport, verifyObjects } from './verified-objects.ts';

/** The result of a check. */
export interface CheckReport extends ObjectReport {
  readonly jobs: number;
  /** Objects that no job refers to. */
  readonly unreferenced: number;
  /** Number of these that were removed. */
  readonly removed: number;
}

/**
 * Verifies the jobs of a stopped server and the objects that they refer to; optionally removes the others. Throws
 * JobDatabaseError if the database is damaged or in use.
 */
export async function check(
  dataDir: string,
  objects: ObjectStore,
  { removeUnreferenced = false } = {},
): Promise<CheckReport> {
  await mustHaveJobs(dataDir);
  const archive = new JobArchive(dataDir);
  try {
    const found = await verifyObjects(archive.objects(), objects);
    let [unreferenced, removed] = [0, 0];
    for await (const { hashes, uses } of oldObjects({ objects, queue: archive }, Infinity)) {
      const unused = hashes.filter((_, i) => uses[i] !== 'used');
      unreferenced += unused.length;
      if (!removeUnreferenced) continue;
      await deleteObjects(objects, unused, Infinity);
      removed += unused.length;
    }
    return { jobs: archive.jobs, ...found, unreferenced, removed };
  } finally {
    await archive.close();
  }
}
