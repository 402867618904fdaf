import { join, posix } from 'node:path';
import {
  folderComponents,
  isCheckpointFile,
  isFolderIndex,
  isShard,
  isShardIndex,
  unsplitName,
} from '../engine/index.ts';

/** Whether a file may stand for a model: a checkpoint, a list of the shards of one, or the index of a folder in Diffusers' layout. */
export const mayBeModel = (file: string): boolean =>
  isCheckpointFile(posix.basename(file)) || isFolderIndex(file) || isShardIndex(file);

/** Which files, relative to MODELS_DIR, are parts of models of several files, and no models or adapters of their own. */
export class WholeModels {
  /** Folders of components, with `/` at their end. */
  readonly #components: readonly string[];
  /** Split files, whole. */
  readonly #split: ReadonlySet<string>;

  private constructor(components: readonly string[], split: ReadonlySet<string>) {
    this.#components = components;
    this.#split = split;
  }

  /** Of no models. */
  static readonly none = new WholeModels([], new Set());

  /** Among these files. */
  static async among(files: readonly string[], modelsDir: string): Promise<WholeModels> {
    const components: string[] = [];
    for (const file of files.filter(isFolderIndex)) {
      const names = await folderComponents(join(modelsDir, file));
      components.push(...names.map((name) => `${posix.join(posix.dirname(file), name)}/`));
    }
    return new WholeModels(components, new Set(files.filter(isShardIndex).map(unsplitName)));
  }

  /** Whether a file is a part of a model that another file stands for. */
  hasPart(file: string): boolean {
    if (this.#components.some((folder) => file.startsWith(folder))) return true;
    return isShard(file) && this.#split.has(unsplitName(file));
  }
}
