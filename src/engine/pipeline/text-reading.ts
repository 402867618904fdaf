import { vectorsFor, type EmbeddingFile, type EmbeddingKey } from '../adapters/embedding.ts';
import type { Emphasis } from '../text/a1111/emphasis.ts';
import type { EncoderReading } from '../text/clip-reading.ts';
import type { PromptStyle } from '../text/prompt-plan.ts';

/** How the prompts of a task are interpreted. */
export interface TextReading {
  readonly style: PromptStyle;
  /** Effect of weights in A1111's style. */
  readonly emphasis: Emphasis;
  /**
   * The layer of the text encoders whose states are used, counted from the end, 1 for the last; undefined for
   * each encoder's default.
   */
  readonly clipSkip?: number | undefined;
  /** Embeddings by their names in prompts. */
  readonly embeddings: ReadonlyMap<string, EmbeddingFile>;
}

/** ComfyUI's style, without embeddings. */
export const PLAIN_READING: TextReading = { style: 'COMFY', emphasis: 'ORIGINAL', embeddings: new Map() };

/** The same for one text encoder, given the key of its vectors in embedding files, and its width. */
export const readingFor = (
  { style, emphasis, embeddings }: TextReading,
  key: EmbeddingKey,
  width: number,
): EncoderReading => ({
  style,
  emphasis,
  embeddings: new Map(Array.from(embeddings, ([name, file]) => [name, vectorsFor(file, key, width)])),
});
