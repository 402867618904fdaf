import * as library from '@huggingface/tokenizers';

/** A step that rewrites text before tokenization. It is callable; a call runs `normalize`. */
export interface Normalizer {
  (text: string): string;
  readonly config: { readonly type: string; readonly precompiled_charsmap?: string };
  normalize(text: string): string;
}

/**
 * The used part of `@huggingface/tokenizers`, whose own declarations Node's module resolution cannot follow.
 */
interface TokenizersLibrary {
  /** Throws for an unsupported `tokenizer.json`. */
  readonly Tokenizer: new (json: object, config: object) => Tokenizer;
  readonly Normalizer: new (config: Normalizer['config']) => Normalizer;
  readonly SequenceNormalizer: new (config: Normalizer['config']) => SequenceNormalizer;
}

/** A tokenizer of the library. */
export interface Tokenizer {
  normalizer: Normalizer | null;
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
  token_to_id(token: string): number | undefined;
}

interface SequenceNormalizer extends Normalizer {
  normalizers: (Normalizer | null)[];
}

/** The library's classes with types. */
export const { Tokenizer, Normalizer, SequenceNormalizer } = library as unknown as TokenizersLibrary;
