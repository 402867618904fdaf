import { clipTokenIds } from './clip-tokenizer.ts';
import { CLIP_END, CLIP_START } from './clip-vocabulary.ts';
import { NO_EMBEDDINGS, type Embeddings } from './embeddings.ts';
import { tokenGroups, type TokenChunks } from './token-groups.ts';

/** Tokens per chunk, for which CLIP's text encoders were trained. */
export const CLIP_CHUNK = 77;

/** Padding ids: CLIP-L repeats its end token, OpenCLIP bigG uses 0. */
export const CLIP_PAD = { l: CLIP_END, g: 0 } as const;

/**
 * A group of at least this many tokens is split at the end of a chunk; a shorter one moves to the next chunk
 * as a whole.
 */
const LARGE_GROUP = 8;

/** The padding id that an encoder expects. */
export interface ClipChunkOptions {
  readonly pad: number;
}

/**
 * Tokenizes a prompt into chunks of 77 ids `start, ≤ 75 tokens, end, pad…` with a weight per token. Returns
 * at least one chunk.
 */
export function tokenizeClip(
  prompt: string,
  { pad }: ClipChunkOptions,
  embeddings: Embeddings = NO_EMBEDDINGS,
): TokenChunks {
  const ids: number[][] = [];
  const weights: number[][] = [];
  let chunk: number[] = [];
  let chunkWeights: number[] = [];

  const open = () => {
    ids.push((chunk = [CLIP_START]));
    weights.push((chunkWeights = [1]));
  };
  const close = () => {
    chunk.push(CLIP_END);
    while (chunk.length < CLIP_CHUNK) chunk.push(pad);
    while (chunkWeights.length < CLIP_CHUNK) chunkWeights.push(1);
  };

  open();
  const { groups, vectors } = tokenGroups(prompt, clipTokenIds, embeddings);
  for (const group of groups) {
    let rest = group.ids;
    while (rest.length > 0) {
      const room = CLIP_CHUNK - 1 - chunk.length;
      const taken = rest.length <= room ? rest.length : group.ids.length >= LARGE_GROUP ? room : 0;
      chunk.push(...rest.slice(0, taken));
      chunkWeights.push(...Array<number>(taken).fill(group.weight));
      rest = rest.slice(taken);
      if (rest.length > 0) {
        close();
        open();
      }
    }
  }
  close();
  return { ids, weights, ...(vectors.length > 0 && { vectors }) };
}

/** The chunk of the empty prompt, relative to which weights are applied. */
export const emptyClipChunk = (options: ClipChunkOptions): readonly number[] =>
  tokenizeClip('', options).ids[0]!;
