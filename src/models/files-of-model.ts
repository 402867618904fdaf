import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import {
  checkpointFiles,
  companionNames,
  filesOf,
  folderComponents,
  isCheckpointFile,
  isFolderIndex,
  isShardIndex,
} from '../engine/index.ts';
import type { ModelDescription } from './catalog.ts';
import { expectedFamily } from './describe.ts';
import { BUNDLED_MODEL } from './names.ts';

/**
 * The existing files of a model, relative to MODELS_DIR: the checkpoint, a partial download, its sidecar, and its companions
 * unless another checkpoint beside it may need them. None for the bundled model.
 */
export async function existingFiles(
  { name, file, family }: Pick<ModelDescription, 'name' | 'file' | 'family'>,
  modelsDir: string,
): Promise<string[]> {
  if (name === BUNDLED_MODEL) return [];
  if (isFolderIndex(file) || isShardIndex(file)) return wholeFiles(file, modelsDir);
  const folder = posix.dirname(file);
  const beside = await readdir(join(modelsDir, folder)).catch(() => []);
  const hasCompanions = companionNames(family ?? expectedFamily(file)).length > 0;
  const isAlone = !beside.some((other) => isCheckpointFile(other) && other !== posix.basename(file));
  const stem = posix.basename(file).replace(/\.[^.]+$/, '');
  const own = join(modelsDir, folder); // other models may share files in other folders
  const all = (await filesOf(join(modelsDir, file)))
    .filter((path) => dirname(path) === own)
    .map((path) => posix.join(folder, basename(path)));
  const wanted = all.filter(
    (path) => (hasCompanions && isAlone) || posix.basename(path).startsWith(`${stem}.`),
  );
  const found: string[] = [];
  for (const path of [...wanted, `${file}.part`]) {
    const isThere = await stat(join(modelsDir, path)).then(
      (it) => it.isFile(),
      () => false,
    );
    if (isThere && !found.includes(path)) found.push(path);
  }
  return found;
}

/** All files in the component folders of Diffusers' layout, used or not; for a split checkpoint its shards and their index. */
async function wholeFiles(file: string, modelsDir: string): Promise<string[]> {
  const folder = posix.dirname(file);
  const path = join(modelsDir, file);
  const read = (await checkpointFiles(path)).map((one) => posix.join(folder, one.name));
  if (!isFolderIndex(file)) return read;
  const files = new Set(read);
  for (const component of await folderComponents(path)) {
    const at = posix.join(folder, component);
    const entries = await readdir(join(modelsDir, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isFile()) files.add(posix.join(at, entry.name));
  }
  return [...files].sort();
}
