import type { Embeddings } from '../embeddings.ts';
import { parseAttention } from './attention.ts';
import { a1111TokenIds } from './token-ids.ts';

/** An embedding that is mentioned by its bare name. */
export interface BareMention {
  readonly name: string;
  readonly vectors: readonly Float32Array[];
  /** Tokens that the name takes. */
  readonly length: number;
}

/** Finds the embedding whose name stands at a place of a text's tokens; of several, the one with the longest name. */
export type FindBareName = (ids: readonly number[], at: number) => BareMention | undefined;

/** Looks for embeddings by the tokens of their names. */
export function bareNames(embeddings: Embeddings): FindBareName {
  const named = [...embeddings]
    .map(([name, vectors]) => ({ name, vectors, ids: a1111TokenIds(name) }))
    .filter(({ ids }) => ids.length > 0)
    .sort((a, b) => b.ids.length - a.ids.length);
  return (ids, at) => {
    const found = named.find((one) => one.ids.every((id, i) => ids[at + i] === id));
    return found && { name: found.name, vectors: found.vectors, length: found.ids.length };
  };
}

/** The names among these that a text mentions, as A1111 finds them. */
export function mentionedNames(text: string, names: readonly string[]): string[] {
  const mentionAt = bareNames(new Map(names.map((name) => [name, []])));
  const found = new Set<string>();
  for (const { text: segment } of parseAttention(text)) {
    const ids = a1111TokenIds(segment);
    for (let at = 0; at < ids.length;) {
      const mention = mentionAt(ids, at);
      if (mention) found.add(mention.name);
      at += mention?.length ?? 1;
    }
  }
  return [...found];
}
