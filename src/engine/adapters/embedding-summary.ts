import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { withoutPath } from '../checkpoint/regular-file.ts';
import { CheckpointError } from '../errors.ts';
import type { ModelFamily } from '../families/index.ts';
import { readEmbedding, type EmbeddingFile } from './embedding.ts';

/** The vectors of one width in an embedding. */
export interface EmbeddingVectors {
  /** Their key in the file, such as `clip_g`. */
  readonly key: string;
  readonly width: number;
  readonly vectors: number;
}

/** Summary of an embedding file. */
export interface EmbeddingSummary {
  /** The family it was trained for; null if the widths of its vectors match none. */
  readonly family: ModelFamily | null;
  readonly sizeBytes: number;
  readonly tables: readonly EmbeddingVectors[];
  /** Why the file cannot be used; null if it can. */
  readonly problem: string | null;
}

/** Widths of each family's text encoders. The first one identifies the family. */
const WIDTHS: Readonly<Record<ModelFamily, readonly [number, ...number[]]>> = {
  sdxl: [1280, 768],
  sdxl_refiner: [1280],
  sd2: [1024],
  flux: [4096, 768],
  sd15: [768],
};

/** Whether some text encoder of a family can use an embedding; true if the embedding's family is unknown. */
export const embeddingFits = (
  { tables, family }: Pick<EmbeddingSummary, 'tables' | 'family'>,
  modelFamily: ModelFamily,
): boolean => family === null || tables.some(({ width }) => WIDTHS[modelFamily].includes(width));

/**
 * Inspects an embedding. Problems with the file are reported in `problem`; rejects only if it does not exist.
 */
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
