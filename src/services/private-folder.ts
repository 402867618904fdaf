import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../jobs/log.ts';

/**
 * Creates a data folder that only its user can enter; from an existing one, and its files, the permissions of others are removed.
 * A folder that cannot be created is reported when a file in it is opened.
 */
export async function makePrivate(folder: string, log: Pick<Log, 'warn'>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const names = await readdir(folder).catch(() => []);
  for (const path of [folder, ...names.map((name) => join(folder, name))]) {
    try {
      const { mode } = await stat(path);
      if ((mode & 0o077) !== 0) await chmod(path, mode & 0o700);
    } catch (error) {
      if (path === folder) log.warn({ folder, err: error }, 'the data folder is accessible to other users');
    }
  }
}
