import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isCompanionFile } from '../engine/index.ts';

/** Deep enough for `family/author/model/file`; a link back up ends there. */
const MAX_DEPTH = 5;

/** Paths of all checkpoints below a folder, relative to it with `/`, sorted. */
export async function findCheckpoints(root: string, onSkipped: (folder: string) => void): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = async (folder: string, depth: number): Promise<void> => {
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || visited.has(real)) return;
    visited.add(real);
    for (const name of await readdir(folder).catch(skip(folder))) {
      if (name.startsWith('.')) continue;
      const path = join(folder, name);
      const entry = await stat(path).catch(() => undefined); // follows links; a dangling one is no model
      if (entry?.isDirectory() && depth < MAX_DEPTH) await visit(path, depth + 1);
      else if (entry?.isFile() && name.endsWith('.safetensors') && !isCompanionFile(name)) {
        found.push(portable(relative(root, path)));
      }
    }
  };
  const skip = (folder: string) => (error: unknown) => {
    if (folder === root || !isForbidden(error)) throw error;
    onSkipped(folder);
    return [];
  };
  await visit(root, 1);
  return found.sort();
}

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

const portable = (path: string): string => path.split(sep).join('/');
