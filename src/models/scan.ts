import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Folders of file servers and systems, such as thumbnails and recycle bins. */
const SKIPPED = new Set([
  '#recycle',
  '@eadir',
  '#snapshot',
  '@recycle',
  '$recycle.bin',
  'system volume information',
]);

const isSkipped = (name: string): boolean =>
  name.startsWith('.') || name === '__MACOSX' || SKIPPED.has(name.toLowerCase());

/** Called with each ignored path and the reason. */
export type OnSkipped = (path: string, why: string) => void;

/** The result of a scan. */
export interface Scan {
  /** Relative to it with `/`, sorted. */
  readonly files: readonly string[];
  /** Absolute, itself first. */
  readonly folders: readonly string[];
}

/** The files of a scan. */
export const findFiles = async (...of: Parameters<typeof scan>): Promise<readonly string[]> =>
  (await scan(...of)).files;

/**
 * Finds the wanted files below a folder. Follows links, and visits each folder once. Rejects if the folder itself cannot be read;
 * a missing one counts as empty.
 */
export async function scan(
  root: string,
  isWanted: (file: string) => boolean,
  onSkipped: OnSkipped,
): Promise<Scan> {
  const files: string[] = [];
  const seen: string[] = [root];
  const visited = new Set<string>();
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || visited.has(real)) continue;
    visited.add(real);
    if (folder !== root) seen.push(folder);
    for (const name of await namesIn(folder, root, onSkipped)) {
      if (isSkipped(name)) continue;
      const path = join(folder, name);
      const entry = await stat(path).catch(() => undefined); // follows links; undefined if dangling
      const file = portable(relative(root, path));
      if (entry?.isDirectory()) folders.push(path);
      else if (entry?.isFile() && isWanted(file)) files.push(file);
    }
  }
  return { files: files.sort(), folders: seen };
}

/** The names in a folder that are valid UTF-8; others could neither be shown to a client nor opened by their shown name. */
async function namesIn(folder: string, root: string, onSkipped: OnSkipped): Promise<string[]> {
  try {
    return (await readdir(folder, { encoding: 'buffer' })).flatMap((bytes) => {
      const name = bytes.toString();
      if (Buffer.from(name).equals(bytes)) return [name];
      onSkipped(join(folder, name), 'its name is not UTF-8: rename it');
      return [];
    });
  } catch (error) {
    if (folder === root || !isForbidden(error)) throw error;
    onSkipped(folder, 'no permission to read it');
    return [];
  }
}

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

const portable = (path: string): string => path.split(sep).join('/');
