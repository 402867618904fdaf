import type { EmbeddingCatalog, EmbeddingDescription } from './embedding-catalog.ts';

/** The embeddings of a cluster: those that its present workers announce. */
export class ClusterEmbeddings implements EmbeddingCatalog {
  readonly #announced: () => Promise<readonly (readonly EmbeddingDescription[])[]>;

  constructor(announced: () => Promise<readonly (readonly EmbeddingDescription[])[]>) {
    this.#announced = announced;
  }

  async list(): Promise<EmbeddingDescription[]> {
    const byFile = new Map<string, EmbeddingDescription>();
    for (const embedding of (await this.#announced()).flat()) {
      if ((byFile.get(embedding.file)?.sha256 ?? null) === null) byFile.set(embedding.file, embedding);
    }
    return [...byFile.values()];
  }

  async withHash({ file }: EmbeddingDescription): Promise<EmbeddingDescription | undefined> {
    return (await this.list()).find((embedding) => embedding.file === file);
  }
}
