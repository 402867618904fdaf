import { access, constants, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import { sizeText } from '../table.ts';
import { type Finding, messageOf, ok, problem, warning } from './finding.ts';

/** Network file systems, by the magic number of statfs(2). SQLite's locks are not reliable on them. */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB 2'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
]);

/** Free bytes below which `doctor` warns. */
const LITTLE = 2 ** 30;
/** Free bytes below which the server accepts no jobs. */
const TOO_LITTLE = 16 * 2 ** 20;

/** Checks the folders of the settings without creating any. */
export async function checkFolders({ dataDir, modelsDir, storageUrl }: Config): Promise<Finding[]> {
  const objects = storageUrl !== undefined && !storageUrl.startsWith('s3://') ? storageUrl : undefined;
  return [
    ...(await checkWritable('DATA_DIR', dataDir, { mustBeLocal: true })),
    ...(await checkReadable('MODELS_DIR', modelsDir)),
    ...(objects === undefined ? [] : await checkWritable('STORAGE_URL', objects, { mustBeLocal: false })),
  ];
}

async function checkWritable(
  subject: string,
  folder: string,
  { mustBeLocal }: { readonly mustBeLocal: boolean },
): Promise<Finding[]> {
  const found = await nearest(folder);
  if (!found.isFolder)
    return [problem(subject, `${found.path} is not a folder: move it away or set ${subject}`)];
  try {
    const probe = await mkdtemp(join(found.path, '.latentql-doctor-'));
    await writeFile(join(probe, 'probe'), 'probe');
    await rm(probe, { recursive: true });
  } catch (error) {
    return [problem(subject, `${found.path} cannot be written to: ${messageOf(error)}`)];
  }
  const findings: Finding[] = [];
  const { type, bavail, bsize } = await statfs(found.path);
  const remote = REMOTE.get(type >>> 0);
  const free = bavail * bsize;
  if (mustBeLocal && remote !== undefined)
    findings.push(
      problem(
        subject,
        `${folder} is on ${remote}: the job database needs a local disk, pictures may be shared (STORAGE_URL)`,
      ),
    );
  if (free < TOO_LITTLE)
    findings.push(problem(subject, `${folder}: the disk has ${sizeText(free)} left: jobs are refused`));
  else if (free < LITTLE)
    findings.push(warning(subject, `${folder}: the disk has only ${sizeText(free)} left`));
  if (findings.length > 0) return findings;
  const state = found.path === folder ? 'can be written to' : 'will be created';
  return [ok(subject, `${folder} ${state}, ${sizeText(free)} free`)];
}

async function checkReadable(subject: string, folder: string): Promise<Finding[]> {
  const found = await nearest(folder);
  if (!found.isFolder)
    return [problem(subject, `${found.path} is not a folder: move it away or set ${subject}`)];
  if (found.path !== folder)
    return [warning(subject, `${folder} does not exist: only the bundled model is served`)];
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return [ok(subject, `${folder} can be read`)];
  } catch (error) {
    return [problem(subject, `${folder} cannot be read: ${messageOf(error)}`)];
  }
}

/** A folder, or its nearest existing parent. */
async function nearest(folder: string): Promise<{ path: string; isFolder: boolean }> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found) return { path, isFolder: found.isDirectory() };
    if (dirname(path) === path) return { path, isFolder: false };
  }
}
