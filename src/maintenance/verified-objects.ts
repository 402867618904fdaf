import { createHash } from 'node:crypto';
import { FileStore } from '../storage/file-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** The state of objects that jobs refer to. */
export interface ObjectReport {
  /** Number of sound ones. */
  sound: number;
  readonly missing: string[];
  /** Objects whose bytes do not match their hash. */
  readonly damaged: string[];
}

/** Objects read at a time: each may have 32 MiB. */
const PARALLEL = 4;

/** Reads objects and compares their bytes with their names. `target` receives a copy, or a hard link, of each sound one. */
export async function verifyObjects(
  hashes: Iterable<string>,
  source: ObjectStore,
  target?: ObjectStore,
): Promise<ObjectReport> {
  const report: ObjectReport = { sound: 0, missing: [], damaged: [] };
  const left = hashes[Symbol.iterator]();
  const verifyNext = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const sha256 = next.value;
      const bytes = await source.get(sha256);
      if (!bytes) report.missing.push(sha256);
      else if (createHash('sha256').update(bytes).digest('hex') !== sha256) report.damaged.push(sha256);
      else {
        report.sound++;
        if (target) await give(sha256, bytes, source, target);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, verifyNext));
  return report;
}

async function give(sha256: string, bytes: Buffer, source: ObjectStore, target: ObjectStore): Promise<void> {
  const areFiles = source instanceof FileStore && target instanceof FileStore;
  if (!areFiles || !(await source.linkTo(target, sha256))) await target.put(bytes);
}
