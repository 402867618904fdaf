import * as library from '@huggingface/tokenizers';

/** A step that rewrites text before it is cut into tokens; callable, and `normalize` is what a call does. */
export interface Normalizer {
  (text: string): string;
  readonly config: { readonly type: string; readonly precompiled_charsmap?: string };
  normalize(text: string): string;
}

/** What is used of `@huggingface/tokenizers`, whose own declarations Node's module resolution cannot follow. */
interface TokenizersLibrary {
  /** Throws on a `tokenizer.json` that it does not know. */
  readonly Tokenizer: new (json: object, config: object) => Tokenizer;
  readonly Normalizer: new (config: Normalizer['config']) => Normalizer;
  readonly SequenceNormalizer: new (config: Normalizer['config']) => SequenceNormalizer;
}

export interface Tokenizer {
  normalizer: Normalizer | null;
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
  token_to_id(token: string): number | undefined;
}

interface SequenceNormalizer extends Normalizer {
  normalizers: (Normalizer | null)[];
}

export const { Tokenizer, Normalizer, SequenceNormalizer } = library as unknown as TokenizersLibrary;
