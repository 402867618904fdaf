import type { Embeddings } from '../embeddings.ts';
import { parseAttention } from './attention.ts';
import { a1111TokenIds } from './token-ids.ts';

/** An embedding that is mentioned by its bare name. */
export interface BareMention {
  readonly name: string;
  readonly vectors: readonly Float32Array[];
  /** Length of the name in tokens. */
  readonly length: number;
}

/** Finds the embedding whose name is at a position of a text's tokens. The longest name wins. */
export type FindBareName = (ids: readonly number[], at: number) => BareMention | undefined;

/** Creates a function that finds embeddings by the tokens of their names. */
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

/** Those of `names` that a text mentions, as A1111 finds them. */
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
