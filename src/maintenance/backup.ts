import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { JobArchive } from '../jobs/sqlite/index.ts';
import { FileStore } from '../storage/file-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { requestSnapshot } from './control-socket.ts';
import { type ObjectReport, verifyObjects } from './verified-objects.ts';

/** Written last: a folder without it is an incomplete backup. */
const MANIFEST = 'backup.json';

/** Files of a data folder that are copied if they exist. */
const FILES = ['keys.json'];

const Manifest = z.object({
  createdAt: z.string(),
  jobs: z.int(),
  objects: z.int(),
  /** Hashes of objects that were already missing or damaged when the backup was made. */
  lost: z.array(z.string()),
});
/** Content of `backup.json`. */
export type Manifest = z.infer<typeof Manifest>;

/**
 * Writes the jobs of a data folder, their objects and its keys to an empty folder, with or without a running server. Contains
 * every job that was accepted before the call. Throws ConfigError, JobDatabaseError.
 */
export async function backUp(dataDir: string, objects: ObjectStore, target: string): Promise<Manifest> {
  await mustBeEmpty(target, 'the target of a backup');
  await mkdir(target, { recursive: true });
  const snapshot = await takeSnapshot(dataDir, join(target, 'jobs.db'));
  try {
    const archive = new JobArchive(target);
    try {
      const copies = await FileStore.open(join(target, 'objects'));
      const report = await verifyObjects(archive.objects(), objects, copies);
      await copyFiles(dataDir, target);
      return await writeManifest(target, MANIFEST, archive.jobs, report);
    } finally {
      await archive.close();
    }
  } finally {
    await snapshot.release();
  }
}

/** Restores a backup into a missing or empty data folder, after verifying all of it. Throws ConfigError. */
export async function restore(
  source: string,
  dataDir: string,
  openObjects: () => Promise<ObjectStore>,
): Promise<Manifest> {
  const manifest = await readManifest(source);
  await mustBeEmpty(dataDir, 'DATA_DIR of a restore');
  const archive = new JobArchive(source);
  try {
    const copies = await FileStore.open(join(source, 'objects'));
    const { missing, damaged } = await verifyObjects(archive.objects(), copies);
    const lost = [...missing, ...damaged].filter((sha256) => !manifest.lost.includes(sha256));
    if (lost.length > 0) {
      throw new ConfigError(
        `The backup ${source} is damaged: ${lost.length} objects are missing or changed, ${lost[0]} among them. ` +
          'Nothing was restored.',
      );
    }
    await mkdir(dataDir, { recursive: true });
    await verifyObjects(archive.objects(), copies, await openObjects());
    await copyFiles(source, dataDir);
    // Last, and renamed when complete: an interrupted restore must not pass for a server without jobs.
    await archive.copyTo(join(dataDir, 'jobs.db.new'));
    await rename(join(dataDir, 'jobs.db.new'), join(dataDir, 'jobs.db'));
    return manifest;
  } finally {
    await archive.close();
  }
}

/** Copied by the running server, else from the file; no object is removed before the release. */
async function takeSnapshot(dataDir: string, file: string): Promise<{ release: () => unknown }> {
  const ofServer = await requestSnapshot(dataDir, file);
  if (ofServer) return ofServer;
  await mustHaveJobs(dataDir);
  const archive = new JobArchive(dataDir); // stays open, so that no server starts meanwhile
  await archive.copyTo(file);
  return { release: () => archive.close() };
}

/** Throws ConfigError if a folder has no job database: a wrong DATA_DIR must not pass for one without jobs. */
export async function mustHaveJobs(dataDir: string): Promise<void> {
  const names = await namesIn(dataDir);
  if (!names.includes('jobs.db')) {
    throw new ConfigError(`DATA_DIR: expected the data folder of a server, found no jobs.db in ${dataDir}`);
  }
}

/** Throws ConfigError if a folder is not empty; a missing one counts as empty. */
export async function mustBeEmpty(folder: string, what: string): Promise<void> {
  const [first] = await namesIn(folder);
  if (first === undefined) return;
  throw new ConfigError(`${what} must be a new or empty folder; ${folder} contains ${first}`);
}

/** The manifest of a complete backup. */
export async function writeManifest(
  target: string,
  name: string,
  jobs: number,
  report: ObjectReport,
): Promise<Manifest> {
  const lost = [...report.missing, ...report.damaged];
  const manifest = { createdAt: new Date().toISOString(), jobs, objects: report.sound, lost };
  await writeFile(join(target, name), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  return manifest;
}

async function readManifest(source: string): Promise<Manifest> {
  const text = await readFile(join(source, MANIFEST), 'utf8').catch(() => undefined);
  if (text !== undefined) return Manifest.parse(JSON.parse(text));
  throw new ConfigError(`${source} is not a complete backup: ${MANIFEST}, which is written last, is missing`);
}

async function copyFiles(source: string, target: string): Promise<void> {
  const names = await namesIn(source);
  for (const name of FILES.filter((one) => names.includes(one))) {
    await copyFile(join(source, name), join(target, name));
  }
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
