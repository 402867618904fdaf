import { CLIP_END, CLIP_START, clipVocabulary, WORD_END, type ClipVocabulary } from './clip-vocabulary.ts';

/** Special tokens, which split the text first. */
const SPECIAL = /(<\|(?:start|end)oftext\|>)/;
const SPECIAL_IDS: ReadonlyMap<string, number> = new Map([
  ['<|startoftext|>', CLIP_START],
  ['<|endoftext|>', CLIP_END],
]);

/**
 * Special tokens, English contractions, runs of letters, single digits, runs of anything else. The original
 * ignores case, which makes ſ an s, and puts the letter U+0345 into the last class only, so that it never
 * matches.
 */
const WORD = /<\|(?:start|end)oftext\|>|'(?:[sſ]|t|re|ve|m|ll|d)|\p{L}+|\p{N}|[^\s\p{L}\p{N}\u0345]+/gu;

const CJK_IDEOGRAPH =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * CLIP token ids of a text, without start and end (Radford et al. 2021). By default the text is cleaned like
 * BERT's basic tokenizer, keeping accents.
 */
export function clipTokenIds(text: string, clean: (text: string) => string = cleanUp): number[] {
  const vocabulary = clipVocabulary();
  const wordsOf = (part: string) => Array.from(clean(part).matchAll(WORD), ([word]) => word);
  const words = text.split(SPECIAL).flatMap((part) => (SPECIAL_IDS.has(part) ? [part] : wordsOf(part)));
  return words.flatMap((word) => SPECIAL_IDS.get(word) ?? encodeWord(word, vocabulary));
}

/**
 * Removes control and unassigned characters, converts white space to spaces, separates ideographs, composes,
 * and lowercases.
 */
function cleanUp(text: string): string {
  return text
    .replace(/[\t\n\r\p{Zs}]/gu, ' ')
    .replace(/[\p{C}\ufffd]/gu, '')
    .replace(CJK_IDEOGRAPH, ' $& ')
    .normalize('NFC')
    .toLowerCase();
}

const utf8 = new TextEncoder();

function encodeWord(word: string, { ids, ranks, byteSymbols }: ClipVocabulary): number[] {
  const symbols = Array.from(utf8.encode(word), (byte) => byteSymbols[byte]!);
  symbols.push(symbols.pop()! + WORD_END);
  return mergeSymbols(symbols, ranks).map((symbol) => ids.get(symbol)!);
}

/**
 * Byte-pair encoding (Sennrich et al. 2016): joins the pair of lowest rank everywhere, until no pair has a
 * rank.
 */
function mergeSymbols(symbols: string[], ranks: ReadonlyMap<string, number>): string[] {
  for (;;) {
    let lowest = Infinity;
    let at = -1;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const rank = ranks.get(`${symbols[i]!} ${symbols[i + 1]!}`);
      if (rank !== undefined && rank < lowest) [lowest, at] = [rank, i];
    }
    if (at < 0) return symbols;
    const [left, right] = [symbols[at], symbols[at + 1]];
    const joined: string[] = [];
    for (let i = 0; i < symbols.length; i++) {
      if (symbols[i] === left && symbols[i + 1] === right) {
        joined.push(symbols[i]! + symbols[i + 1]!);
        i++;
      } else joined.push(symbols[i]!);
    }
    symbols = joined;
  }
}
