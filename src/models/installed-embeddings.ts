import { posix } from 'node:path';
import {
  adapterKindOf,
  inspectEmbeddingFile,
  isCheckpointFile,
  type EmbeddingSummary,
} from '../engine/index.ts';
import { AdapterFiles } from './adapter-files.ts';
import { folderKind } from './adapter-folders.ts';
import {
  hasEmbeddingExtension,
  withShortNames,
  type EmbeddingCatalog,
  type EmbeddingDescription,
} from './embedding-catalog.ts';
import type { ModelHashes } from './model-hashes.ts';

export interface EmbeddingFolder {
  readonly modelsDir: string;
  /** Whether a file is a model's; of the others those with an embedding's keys are some, too. */
  readonly isModel: (file: string) => boolean;
  readonly hashes: ModelHashes;
}

/** The embeddings of this machine: the files of every folder for them, and what looks like one elsewhere. */
export class InstalledEmbeddings implements EmbeddingCatalog {
  readonly #files: AdapterFiles<EmbeddingSummary>;

  constructor({ modelsDir, isModel, hashes }: EmbeddingFolder) {
    const isInFolder = (file: string) => folderKind(file) === 'embedding';
    this.#files = new AdapterFiles({
      modelsDir,
      hashes,
      mayBe: (file) =>
        isInFolder(file)
          ? hasEmbeddingExtension(file)
          : folderKind(file) === undefined && isCheckpointFile(posix.basename(file)) && !isModel(file),
      inspect: async (path, file) =>
        isInFolder(file) || (await adapterKindOf(path)) === 'embedding'
          ? inspectEmbeddingFile(path)
          : undefined,
    });
  }

  async list(): Promise<EmbeddingDescription[]> {
    return withShortNames(await this.#files.list());
  }

  withHash({ file }: EmbeddingDescription): Promise<EmbeddingDescription | undefined> {
    return this.#files.get(file);
  }

  /** Absolute path of the file that has the content of an embedding: where it was, or wherever it lies now. Undefined if none has. */
  pathOf(embedding: Pick<EmbeddingDescription, 'file' | 'sha256'>): Promise<string | undefined> {
    return this.#files.pathOf(embedding);
  }
}
