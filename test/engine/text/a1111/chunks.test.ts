import { describe, expect, it } from 'vitest';
import { parseAttention } from '../../../../src/engine/text/a1111/attention.ts';
import { mentionedNames } from '../../../../src/engine/text/a1111/bare-names.ts';
import { chunkSegments } from '../../../../src/engine/text/a1111/chunks.ts';
import { a1111TokenIds } from '../../../../src/engine/text/a1111/token-ids.ts';
import { CLIP_PAD } from '../../../../src/engine/text/clip-chunks.ts';
import type { Embeddings } from '../../../../src/engine/text/embeddings.ts';

const START = 49_406;
const END = 49_407;
const WORD = 2653; // "word"
const words = (count: number) => Array<number>(count).fill(WORD);

const chunks = (prompt: string, embeddings?: Embeddings) =>
  chunkSegments(parseAttention(prompt), { pad: CLIP_PAD.g }, embeddings);
const ids = (prompt: string, embeddings?: Embeddings) =>
  chunks(prompt, embeddings).ids.map((chunk) => chunk.slice(1, chunk.indexOf(END)));
const embedding = (count: number) => Array.from({ length: count }, () => Float32Array.of(1));

describe('chunkSegments', () => {
  it('frames every chunk and pads it as the encoder wants', () => {
    const { ids, weights, count } = chunks('(word:1.5)');
    expect(ids).toEqual([[START, WORD, END, ...Array<number>(74).fill(0)]]);
    expect(weights[0]!.slice(0, 3)).toEqual([1, 1.5, 1]);
    expect(count).toBe(1);
  });

  it('ends a chunk at BREAK, an empty one too, but begins none after the last', () => {
    expect(ids('BREAK word BREAK')).toEqual([[], [WORD]]);
    expect(chunks('word BREAK').count).toBe(75);
  });

  it('moves what follows a comma of the last twenty places into the next chunk, and no more', () => {
    const near = `${'word '.repeat(60)}, ${'word '.repeat(15)}`;
    expect(ids(near).map(({ length }) => length)).toEqual([61, 15]);
    const far = `${'word '.repeat(54)}, ${'word '.repeat(21)}`;
    expect(ids(far).map(({ length }) => length)).toEqual([75, 1]);
  });

  it('keeps the vectors of an embedding together, and cuts only what no chunk can hold', () => {
    const embeddings = new Map([
      ['foo', embedding(3)],
      ['huge', embedding(80)],
    ]);
    expect(ids(`${'word '.repeat(74)}foo`, embeddings)).toEqual([words(74), [-1, -2, -3]]);
    expect(ids('word huge', embeddings).map(({ length }) => length)).toEqual([1, 75, 5]);
  });

  it('finds an embedding by the tokens of its name, the longest first, in any case', () => {
    const embeddings = new Map([
      ['bad', embedding(1)],
      ['bad-hands-5', embedding(2)],
    ]);
    expect(ids('BAD-hands-5, bad', embeddings)).toEqual([[-1, -2, 267, -3]]);
    expect(mentionedNames('(BAD-hands-5:1.2) BREAK bad', ['bad', 'bad-hands-5', 'other'])).toEqual([
      'bad-hands-5',
      'bad',
    ]);
  });
});

describe('a1111TokenIds', () => {
  it.each([
    ['entities', 'caf&eacute; &amp;amp; &#39;a&#x27; &lt;3', "café & 'a' <3"],
    ['curly quotes', '“a” ‘b’ ʼ', `"a" 'b' '`],
    ['full width', 'ＡＢＣ　１', 'ABC 1'],
    ['ligatures', 'ﬁne ĳ', 'fine ij'],
    ['blanks of every kind', ' a\u2003\n\tb\u2028c ', 'a b c'],
    ['controls and terminal colours', 'a\u0000b \u001b[31mred\ufeff', 'ab red'],
  ])('makes %s plain', (_what, text, plain) => {
    expect(a1111TokenIds(text)).toEqual(a1111TokenIds(plain));
    expect(a1111TokenIds(plain).length).toBeGreaterThan(1);
  });

  it('leaves entities alone from a line with < on', () => {
    expect(a1111TokenIds('&amp;')).toEqual(a1111TokenIds('&'));
    expect(a1111TokenIds('<b &amp;')).not.toEqual(a1111TokenIds('<b &'));
    expect(a1111TokenIds('<\n&amp;')).not.toEqual(a1111TokenIds('<\n&'));
  });

  it('sets no blanks around ideographs, unlike ComfyUI', () => {
    expect(a1111TokenIds('你好')).not.toEqual([...a1111TokenIds('你'), ...a1111TokenIds('好')]);
  });
});
