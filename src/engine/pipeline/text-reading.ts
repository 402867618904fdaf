import { vectorsFor, type EmbeddingFile, type EmbeddingKey } from '../adapters/embedding.ts';
import type { Emphasis } from '../text/a1111/emphasis.ts';
import type { EncoderReading } from '../text/clip-reading.ts';
import type { PromptStyle } from '../text/prompt-plan.ts';

/** How the prompts of a task are read. */
export interface TextReading {
  readonly style: PromptStyle;
  /** What weights do in A1111's style. */
  readonly emphasis: Emphasis;
  /** The layer of the text encoders that is taken, counted from the end, 1 for the last; undefined: each one's own. */
  readonly clipSkip?: number | undefined;
  /** By the names that the prompts give them. */
  readonly embeddings: ReadonlyMap<string, EmbeddingFile>;
}

/** As ComfyUI reads prompts, without embeddings. */
export const PLAIN_READING: TextReading = { style: 'COMFY', emphasis: 'ORIGINAL', embeddings: new Map() };

/** The same for one text encoder, by the key that embeddings have for it and its width. */
export const readingFor = (
  { style, emphasis, embeddings }: TextReading,
  key: EmbeddingKey,
  width: number,
): EncoderReading => ({
  style,
  emphasis,
  embeddings: new Map(Array.from(embeddings, ([name, file]) => [name, vectorsFor(file, key, width)])),
});
