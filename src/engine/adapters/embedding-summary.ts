import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { withoutPath } from '../checkpoint/regular-file.ts';
import { CheckpointError } from '../errors.ts';
import type { ModelFamily } from '../families/index.ts';
import { readEmbedding, type EmbeddingFile } from './embedding.ts';

/** Vectors of one length in an embedding. */
export interface EmbeddingVectors {
  /** The name that the file gives them, such as `clip_g`. */
  readonly key: string;
  readonly width: number;
  readonly vectors: number;
}

/** What a model folder holds under an embedding's path. */
export interface EmbeddingSummary {
  /** What it was made for; null where the widths of its vectors do not tell. */
  readonly family: ModelFamily | null;
  readonly sizeBytes: number;
  readonly tables: readonly EmbeddingVectors[];
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null;
}

/** Widths of the text encoders of each family; the first is its own. */
const WIDTHS: Readonly<Record<ModelFamily, readonly [number, ...number[]]>> = {
  sdxl: [1280, 768],
  sdxl_refiner: [1280],
  sd2: [1024],
  flux: [4096, 768],
  sd15: [768],
};

/** Whether a text encoder of a family can use an embedding; true where the file does not say. */
export const embeddingFits = (
  { tables, family }: Pick<EmbeddingSummary, 'tables' | 'family'>,
  modelFamily: ModelFamily,
): boolean => family === null || tables.some(({ width }) => WIDTHS[modelFamily].includes(width));

/** Looks at an embedding. Whatever is wrong with the file is the summary's problem. Rejects only if there is no file. */
export async function inspectEmbedding(path: string): Promise<EmbeddingSummary> {
  const sizeBytes = (await stat(path)).size;
  try {
    const file = await readEmbedding(path);
    return { family: familyOf(file), sizeBytes, tables: file.tables.map(summaryOf), problem: null };
  } catch (error) {
    const cause = error as Error;
    const isOurs = error instanceof CheckpointError;
    const problem = isOurs ? cause.message : `${basename(path)} cannot be read: ${withoutPath(cause)}`;
    return { family: null, sizeBytes, tables: [], problem };
  }
}

const summaryOf = ({ key, width, vectors }: EmbeddingFile['tables'][number]): EmbeddingVectors => ({
  key,
  width,
  vectors: vectors.length,
});

const familyOf = ({ tables }: EmbeddingFile): ModelFamily | null =>
  (Object.keys(WIDTHS) as ModelFamily[]).find((family) =>
    tables.some(({ width }) => width === WIDTHS[family][0]),
  ) ?? null;
