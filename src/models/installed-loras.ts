import { posix } from 'node:path';
import { compareLoraFile, inspectLoraFile, isCheckpointFile, type LoraSummary } from '../engine/index.ts';
import { AdapterFiles } from './adapter-files.ts';
import { folderKind } from './adapter-folders.ts';
import type { LoraCatalog, LoraDescription } from './lora-catalog.ts';
import type { ModelHashes } from './model-hashes.ts';

export interface LoraFolder {
  readonly modelsDir: string;
  /** Whether a file is a model's; the others may be LoRAs. */
  readonly isModel: (file: string) => boolean;
  /** Absolute path of a model's checkpoint. */
  readonly checkpointOf: (model: string) => string | undefined;
  readonly hashes: ModelHashes;
}

/** The LoRAs of this machine. */
export class InstalledLoras implements LoraCatalog {
  readonly #checkpointOf: LoraFolder['checkpointOf'];
  readonly #files: AdapterFiles<LoraSummary>;

  constructor({ modelsDir, isModel, checkpointOf, hashes }: LoraFolder) {
    this.#checkpointOf = checkpointOf;
    this.#files = new AdapterFiles({
      modelsDir,
      hashes,
      mayBe: (file) =>
        isCheckpointFile(posix.basename(file)) &&
        ['lora', undefined].includes(folderKind(file)) &&
        !isModel(file),
      inspect: async (path, file) => {
        const summary = await inspectLoraFile(path);
        // What cannot be read is one only if it lies where only LoRAs do.
        return summary?.tensors === 0 && folderKind(file) !== 'lora' ? undefined : summary;
      },
    });
  }

  list(): Promise<LoraDescription[]> {
    return this.#files.list();
  }

  get(name: string): Promise<LoraDescription | undefined> {
    return this.#files.get(name);
  }

  async unusedKeys(lora: LoraDescription, model: string): Promise<readonly string[]> {
    const checkpoint = this.#checkpointOf(model);
    const found =
      checkpoint === undefined ? undefined : await compareLoraFile(this.#files.pathTo(lora), checkpoint);
    return found ? [...found.ignored, ...found.misfits] : [];
  }

  /** Absolute path of the file that has the content of a LoRA: where it was, or wherever it lies now. Undefined if none has. */
  pathOf(lora: Pick<LoraDescription, 'file' | 'sha256'>): Promise<string | undefined> {
    return this.#files.pathOf(lora);
  }
}
