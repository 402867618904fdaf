import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Job } from '../jobs/job.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { givenObjects } from '../jobs/request.ts';
import { FileStore } from '../storage/file-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mustBeEmpty, writeManifest, type Manifest } from './backup.ts';
import { verifyObjects } from './verified-objects.ts';

/** Jobs read at a time. */
const PAGE = 200;

/**
 * Writes the records of a cluster as `jobs.jsonl`, oldest first, and the objects that they name to an empty folder: for archives
 * and other programs. Redis itself has its own backups.
 */
export async function exportJobs(
  queue: Pick<JobQueue, 'list'>,
  objects: ObjectStore,
  target: string,
): Promise<Manifest> {
  await mustBeEmpty(target, 'the target of an export');
  await mkdir(target, { recursive: true });
  const hashes = new Set<string>();
  let count = 0;
  const lines = async function* () {
    for await (const job of allJobs(queue)) {
      count++;
      for (const sha256 of givenObjects(job.request)) hashes.add(sha256);
      for (const { sha256 } of job.images) hashes.add(sha256);
      yield `${JSON.stringify(job)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(join(target, 'jobs.jsonl'), { flush: true }));
  const report = await verifyObjects(hashes, objects, await FileStore.open(join(target, 'objects')));
  return writeManifest(target, 'export.json', count, report);
}

async function* allJobs(queue: Pick<JobQueue, 'list'>): AsyncGenerator<Job> {
  let last: string | undefined;
  for (;;) {
    const page = await queue.list({
      limit: PAGE,
      from: 'oldest',
      ...(last !== undefined && { newerThan: last }),
    });
    if (page.length === 0) return;
    yield* page.toReversed();
    last = page[0]!.id;
  }
}
