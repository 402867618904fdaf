import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isFolderIndex } from './file-names.ts';

/** Folders of a ComfyUI or A1111 tree that hold checkpoints, in lower case. */
const CHECKPOINT_FOLDERS = new Set(['checkpoints', 'stable-diffusion', 'diffusion_models', 'unet']);

/** Sibling folders that hold parts of checkpoints, in lower case and in search order. */
const PART_FOLDERS = ['vae', 'text_encoders', 'text_encoder', 'clip'];

/** Depth of subfolders that are searched: ComfyUI users often sort downloads by author. */
const MOST_LEVELS = 2;

/** Caches the part folders of each tree, for inspecting many checkpoints of one tree. */
export type Trees = Map<string, Promise<readonly string[]>>;

/** The subfolder of T5's tokenizer in Diffusers' layout. */
export const FOLDER_TOKENIZER = 'tokenizer_2';

/**
 * The folders in which companions of a checkpoint may lie, in search order: its own folder, the part folders
 * below it, and those beside the nearest parent folder that is named like a checkpoint folder. For a folder
 * in Diffusers' layout, only the tokenizer's: networks must be in the folder itself.
 */
export async function companionFolders(checkpoint: string, trees: Trees = new Map()): Promise<string[]> {
  const own = dirname(checkpoint);
  if (isFolderIndex(checkpoint)) return [join(own, FOLDER_TOKENIZER)];
  const around = await Promise.all([own, ...treeAround(own)].map((tree) => partFolders(tree, trees)));
  return [own, ...around.flat()];
}

/**
 * The first of `names` found in a checkpoint's companion folders. The order of folders takes precedence over
 * the order of names.
 */
export async function findCompanion(
  checkpoint: string,
  names: readonly string[],
  trees?: Trees,
): Promise<{ path: string; sizeBytes: number } | undefined> {
  for (const folder of await companionFolders(checkpoint, trees)) {
    for (const name of names) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile()) return { path, sizeBytes: found.size };
    }
  }
  return undefined;
}

/** The parent of the nearest checkpoint folder at or above `folder`, if any. */
function treeAround(folder: string): string[] {
  if (CHECKPOINT_FOLDERS.has(basename(folder).toLowerCase())) return [dirname(folder)];
  return dirname(folder) === folder ? [] : treeAround(dirname(folder));
}

function partFolders(tree: string, trees: Trees): Promise<readonly string[]> {
  const known = trees.get(tree) ?? findPartFolders(tree);
  trees.set(tree, known);
  return known;
}

async function findPartFolders(tree: string): Promise<string[]> {
  const inside = await foldersIn(tree);
  const named = (wanted: string) => inside.filter((path) => basename(path).toLowerCase() === wanted);
  return (await Promise.all(PART_FOLDERS.flatMap(named).map((path) => withFoldersBelow(path)))).flat();
}

async function withFoldersBelow(folder: string, levels = MOST_LEVELS): Promise<string[]> {
  if (levels === 0) return [folder];
  const below = await Promise.all(
    (await foldersIn(folder)).map((inner) => withFoldersBelow(inner, levels - 1)),
  );
  return [folder, ...below.flat()];
}

/** The subfolders of a folder, including symbolic links to folders, sorted; none if it cannot be read. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => join(folder, name));
  const areFolders = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  return paths.filter((_, i) => areFolders[i]).sort();
}
