import { describe, expect, it } from 'vitest';
import { CLIP_CHUNK, CLIP_PAD, emptyClipChunk, tokenizeClip } from '../../../src/engine/text/clip-chunks.ts';
import { clipTokenIds } from '../../../src/engine/text/clip-tokenizer.ts';

const START = 49_406;
const END = 49_407;
const WORD = 2653; // "word"
const words = (count: number) => Array<number>(count).fill(WORD);
const padding = (count: number, pad: number = CLIP_PAD.g) => Array<number>(count).fill(pad);

describe('clipTokenIds', () => {
  it('knows the words of the original vocabulary in either case', () => {
    expect(clipTokenIds('a photo of a CAT, 2 dogs')).toEqual([320, 1125, 539, 320, 2368, 267, 273, 3255]);
  });

  it('takes specials apart from the text around them, in any case', () => {
    expect(clipTokenIds('!!<|endoftext|>cat <|STARTOFTEXT|>')).toEqual([748, END, 2368, START]);
  });

  it('drops control, unassigned and broken characters without splitting the word', () => {
    expect(clipTokenIds('c\u0000a\u200b\ufffd\u0378\ud800t')).toEqual([2368]);
  });

  it('gives the same tokens for composed and decomposed accents', () => {
    expect(clipTokenIds('cafe\u0301')).toEqual(clipTokenIds('CAFÉ'));
  });

  it('makes a word of every ideograph', () => {
    expect(clipTokenIds('你好')).toEqual([...clipTokenIds('你'), ...clipTokenIds('好')]);
  });

  it('does not trip over the names of object properties', () => {
    expect(clipTokenIds('constructor __proto__').length).toBeGreaterThan(2);
    for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']) {
      expect(clipTokenIds(word)).toEqual(clipTokenIds(word.toUpperCase()));
      expect(clipTokenIds(`a ${word}`)).toEqual([...clipTokenIds('a'), ...clipTokenIds(word)]);
    }
  });
});

describe('tokenizeClip', () => {
  it('gives the empty prompt one chunk of start, end and padding', () => {
    expect(tokenizeClip('', { pad: CLIP_PAD.g })).toEqual({
      ids: [[START, END, ...padding(75)]],
      weights: [padding(77, 1)],
    });
    expect(emptyClipChunk({ pad: CLIP_PAD.l })).toEqual([START, ...padding(76, END)]);
  });

  it('fills a chunk with 75 tokens before it opens another', () => {
    const chunks = (count: number) => tokenizeClip('word '.repeat(count), { pad: CLIP_PAD.g }).ids;
    expect(chunks(75)).toEqual([[START, ...words(75), END]]);
    expect(chunks(76)).toEqual([
      [START, ...words(75), END],
      [START, WORD, END, ...padding(74)],
    ]);
  });

  it('moves a group of seven tokens on whole and cuts one of eight', () => {
    const chunks = (group: number) =>
      tokenizeClip(`${'word '.repeat(70)}(${'word '.repeat(group)}:1.5)`, { pad: CLIP_PAD.g });
    expect(chunks(7)).toEqual({
      ids: [
        [START, ...words(70), END, ...padding(5)],
        [START, ...words(7), END, ...padding(68)],
      ],
      weights: [padding(77, 1), [1, ...padding(7, 1.5), ...padding(69, 1)]],
    });
    expect(chunks(8)).toEqual({
      ids: [
        [START, ...words(75), END],
        [START, ...words(3), END, ...padding(72)],
      ],
      weights: [
        [...padding(71, 1), ...padding(5, 1.5), 1],
        [1, ...padding(3, 1.5), ...padding(73, 1)],
      ],
    });
  });

  it('keeps every chunk at 77 tokens however long the prompt is', () => {
    const { ids, weights } = tokenizeClip('(masterpiece, best quality:1.2), '.repeat(500), {
      pad: CLIP_PAD.l,
    });
    expect(new Set([...ids, ...weights].map((chunk) => chunk.length))).toEqual(new Set([CLIP_CHUNK]));
    expect(ids.flat().filter((id) => id === WORD)).toEqual([]);
    expect(weights.flat().filter((weight) => weight === 1.2).length).toBe(500 * 4);
  });

  it('drops embeddings and keeps what follows their names', () => {
    const tokens = (prompt: string) =>
      tokenizeClip(prompt, { pad: CLIP_PAD.g }).ids[0]!.filter((id) => id !== 0);
    expect(tokens('a cat embedding:missing')).toEqual(tokens('a cat'));
    expect(tokens('embedding:missing, a cat')).toEqual(tokens(', a cat'));
    expect(tokens('a\nembedding:x red cat embedding:')).toEqual(tokens('a red cat'));
    expect(tokens('not-embedding:x')).not.toEqual(tokens('not-'));
  });
});
