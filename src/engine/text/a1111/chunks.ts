import { CLIP_CHUNK, type ClipChunkOptions } from '../clip-chunks.ts';
import { CLIP_END, CLIP_START } from '../clip-vocabulary.ts';
import { NO_EMBEDDINGS, type Embeddings } from '../embeddings.ts';
import type { Segment } from '../prompt-weights.ts';
import type { TokenChunks } from '../token-groups.ts';
import { isBreak } from './attention.ts';
import { bareNames } from './bare-names.ts';
import { a1111TokenIds } from './token-ids.ts';

/** Tokens per chunk, without start and end. */
const ROOM = CLIP_CHUNK - 2;

/** The token of a comma followed by a space. */
const COMMA = 267;

/** A full chunk is split at its last comma if that is at most this many tokens back. */
const COMMA_BACKTRACK = 20;

/** A chunk that is being filled. */
interface OpenChunk {
  readonly ids: number[];
  readonly weights: number[];
}

/** Chunks of a prompt and its number of tokens: 75 for each chunk but the last. */
export interface CountedChunks extends TokenChunks {
  readonly count: number;
}

/**
 * Splits the segments of a prompt into chunks of 77 ids like A1111: token by token, at a nearby comma if a
 * chunk is full, and at each BREAK. The vectors of an embedding stay together if they fit in a chunk. Returns
 * at least one chunk.
 */
export function chunkSegments(
  segments: readonly Segment[],
  { pad }: ClipChunkOptions,
  embeddings: Embeddings = NO_EMBEDDINGS,
): CountedChunks {
  const closed: OpenChunk[] = [];
  const vectors: Float32Array[] = [];
  let open: OpenChunk = { ids: [], weights: [] };
  let lastComma = -1;
  const mentionAt = bareNames(embeddings);
  const close = (next: OpenChunk = { ids: [], weights: [] }) => {
    closed.push(open);
    open = next;
    lastComma = -1;
  };
  const add = (id: number, weight: number) => {
    open.ids.push(id);
    open.weights.push(weight);
  };
  const isFull = () => open.ids.length === ROOM;

  for (const segment of segments) {
    const { text, weight } = segment;
    if (isBreak(segment)) {
      close();
      continue;
    }
    const ids = a1111TokenIds(text);
    for (let at = 0; at < ids.length;) {
      if (ids[at] === COMMA) lastComma = open.ids.length;
      else if (isFull() && lastComma >= 0 && ROOM - lastComma <= COMMA_BACKTRACK) {
        const kept = lastComma + 1;
        close({ ids: open.ids.splice(kept), weights: open.weights.splice(kept) });
      }
      if (isFull()) close();
      const mention = mentionAt(ids, at);
      if (!mention) {
        add(ids[at++]!, weight);
        continue;
      }
      if (open.ids.length + mention.vectors.length > ROOM && open.ids.length > 0) close();
      for (const vector of mention.vectors) {
        if (isFull()) close();
        add(-vectors.push(vector), weight);
      }
      at += mention.length;
    }
  }
  const count = ROOM * closed.length + open.ids.length;
  if (open.ids.length > 0 || closed.length === 0) close();
  return {
    ids: closed.map(({ ids }) => framed(ids, pad)),
    weights: closed.map(({ weights }) => [
      1,
      ...weights,
      ...Array<number>(CLIP_CHUNK - 1 - weights.length).fill(1),
    ]),
    ...(vectors.length > 0 && { vectors }),
    count,
  };
}

const framed = (ids: readonly number[], pad: number): number[] => [
  CLIP_START,
  ...ids,
  CLIP_END,
  ...Array<number>(ROOM - ids.length).fill(pad),
];
