/** Reads checkpoints in all layouts: one file, a split one, or a folder in Diffusers' layout. */
import { basename, dirname, join } from 'node:path';
import { folderComponents, folderFiles, readFolder, type FolderModel } from './diffusers-folder.ts';
import { isFolderIndex, isShardIndex } from './file-names.ts';
import { readWeights } from './quantisation.ts';
import { readShards, shardNames } from './shards.ts';

/**
 * Reads the headers of a checkpoint as if it were one file. Throws CheckpointError; file system errors pass
 * through.
 */
export async function readCheckpoint(path: string): Promise<FolderModel> {
  if (isFolderIndex(path)) return readFolder(path);
  const file = isShardIndex(path) ? await readShards(path, basename(path)) : await readWeights(path);
  return { file, configured: {} };
}

/** A file that a checkpoint consists of. */
export interface CheckpointFile {
  readonly path: string;
  /** Relative to the checkpoint's folder, with `/`. */
  readonly name: string;
}

/** The existing files of a checkpoint, without its companions and sidecars. */
export async function checkpointFiles(path: string): Promise<readonly CheckpointFile[]> {
  const inFolder = (names: readonly string[]) =>
    names.map((name) => ({ name, path: join(dirname(path), name) }));
  if (isFolderIndex(path)) return inFolder(await folderFiles(path));
  const shards = isShardIndex(path) ? await shardNames(path, basename(path)).catch(() => []) : [];
  return inFolder([basename(path), ...shards]);
}

/** Folders whose contents may belong to a checkpoint. A change in any of them may change the checkpoint. */
export async function checkpointFolders(path: string): Promise<readonly string[]> {
  if (!isFolderIndex(path)) return isShardIndex(path) ? [dirname(path)] : [];
  return (await folderComponents(path)).map((component) => join(dirname(path), component));
}
