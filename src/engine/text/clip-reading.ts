import { parseAttention } from './a1111/attention.ts';
import { chunkSegments } from './a1111/chunks.ts';
import type { Emphasis } from './a1111/emphasis.ts';
import { emptyClipChunk, tokenizeClip, type ClipChunkOptions } from './clip-chunks.ts';
import type { Embeddings } from './embeddings.ts';
import type { PromptStyle } from './prompt-plan.ts';
import type { Segment } from './prompt-weights.ts';
import type { TokenChunks } from './token-groups.ts';

/** How texts are interpreted for a text encoder. */
export interface EncoderReading {
  readonly style: PromptStyle;
  /** Effect of weights in A1111's style. */
  readonly emphasis: Emphasis;
  readonly embeddings: Embeddings;
}

/** The segments of a text in A1111's style. */
export const segmentsOf = (text: string, { emphasis }: Pick<EncoderReading, 'emphasis'>): Segment[] =>
  emphasis === 'NONE' ? [{ text, weight: 1 }] : parseAttention(text);

/**
 * The chunks of the alternating texts of a prompt. A1111 pads all of them with empty chunks to the number of
 * the longest.
 */
export function clipChunksOf(
  texts: readonly string[],
  reading: EncoderReading,
  options: ClipChunkOptions,
): TokenChunks[] {
  const { style, embeddings } = reading;
  if (style === 'COMFY') return texts.map((text) => tokenizeClip(text, options, embeddings));
  const all = texts.map((text) => chunkSegments(segmentsOf(text, reading), options, embeddings));
  const most = Math.max(...all.map(({ ids }) => ids.length));
  const empty = emptyClipChunk(options);
  return all.map(({ ids, weights, ...rest }) => {
    const missing = Array.from({ length: most - ids.length });
    return {
      ...rest,
      ids: [...ids, ...missing.map(() => empty)],
      weights: [...weights, ...missing.map(() => empty.map(() => 1))],
    };
  });
}
