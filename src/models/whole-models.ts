import { join, posix } from 'node:path';
import {
  folderComponents,
  isCheckpointFile,
  isFolderIndex,
  isShard,
  isShardIndex,
  unsplitName,
} from '../engine/index.ts';

/** Formats of checkpoints that cannot be used: they are listed with the remedy. The others only where checkpoints lie. */
const UNUSABLE = /\.(ckpt|gguf)$/i;
const IN_CHECKPOINTS =
  /(^|\/)(checkpoints|stable-diffusion|diffusion_models|unet)\/(.*\/)?[^/]+\.(pt|pth|bin)$/i;

/** Whether a file can stand for a model: a checkpoint, the index of its shards, or the index of a folder in Diffusers' layout. */
export const mayBeModel = (file: string): boolean =>
  isCheckpointFile(posix.basename(file)) ||
  isFolderIndex(file) ||
  isShardIndex(file) ||
  UNUSABLE.test(file) ||
  IN_CHECKPOINTS.test(file);

/** Files, relative to MODELS_DIR, that are parts of models and not models or adapters themselves. */
export class WholeModels {
  /** Component folders, with a trailing `/`. */
  readonly #components: readonly string[];
  /** Split checkpoints. */
  readonly #split: ReadonlySet<string>;

  private constructor(components: readonly string[], split: ReadonlySet<string>) {
    this.#components = components;
    this.#split = split;
  }

  /** No parts. */
  static readonly none = new WholeModels([], new Set());

  /** The parts among these files. */
  static async among(files: readonly string[], modelsDir: string): Promise<WholeModels> {
    const components: string[] = [];
    for (const file of files.filter(isFolderIndex)) {
      const names = await folderComponents(join(modelsDir, file));
      components.push(...names.map((name) => `${posix.join(posix.dirname(file), name)}/`));
    }
    return new WholeModels(components, new Set(files.filter(isShardIndex).map(unsplitName)));
  }

  /** Whether a file is a part of a model. */
  hasPart(file: string): boolean {
    if (this.#components.some((folder) => file.startsWith(folder))) return true;
    return isShard(file) && this.#split.has(unsplitName(file));
  }
}
