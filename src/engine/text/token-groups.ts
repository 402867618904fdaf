import { cutEmbeddings, NO_EMBEDDINGS, type Embeddings, type Stretch } from './embeddings.ts';
import { parsePromptWeights } from './prompt-weights.ts';

/** The tokens of a weighted segment of a prompt. Small groups are kept together in a chunk. */
export interface TokenGroup {
  readonly ids: readonly number[];
  readonly weight: number;
}

/** A prompt's groups of tokens. */
export interface TokenGroups {
  readonly groups: readonly TokenGroup[];
  /** Vectors that replace tokens: id -1 means the first one, -2 the second, and so on. */
  readonly vectors: readonly Float32Array[];
}

/** Token ids per chunk, and their weights in the same shape. */
export interface TokenChunks {
  readonly ids: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
  /** As in TokenGroups; none if absent. */
  readonly vectors?: readonly Float32Array[];
}

/**
 * Parses the weights of a prompt and tokenizes each segment separately. `tokenize` adds neither start nor
 * end.
 */
export function tokenGroups(
  prompt: string,
  tokenize: (text: string) => number[],
  embeddings: Embeddings = NO_EMBEDDINGS,
): TokenGroups {
  const vectors: Float32Array[] = [];
  const idsOf = (stretch: Stretch): number[] => {
    if ('text' in stretch) return tokenize(stretch.text);
    if ('missing' in stretch) return [];
    return embeddings.get(stretch.embedding)!.map((vector) => -vectors.push(vector));
  };
  const groups = parsePromptWeights(prompt).flatMap(({ text, weight }) =>
    cutEmbeddings(text, (name) => embeddings.has(name)).map((stretch) => ({ ids: idsOf(stretch), weight })),
  );
  return { groups, vectors };
}
