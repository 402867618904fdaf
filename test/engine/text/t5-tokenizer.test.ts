import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CharsMap } from '../../../src/engine/text/chars-map.ts';
import { emptyT5Chunk, T5Tokenizer } from '../../../src/engine/text/t5-tokenizer.ts';
import { tinyT5 } from './tiny-t5.ts';

const END = 1;
const UNKNOWN = 2;
const ids = Object.fromEntries(tinyT5().model.vocab.map(([token], id) => [token, id])) as Record<
  string,
  number
>;
const padded = (tokens: (number | undefined)[], fill = 0, length = 256) => [
  ...tokens,
  ...Array<number>(length - tokens.length).fill(fill),
];

describe('T5Tokenizer', () => {
  const t5 = new T5Tokenizer(tinyT5());

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'takes the name %s of an object property for a word',
    (word) => {
      for (const prompt of [word, `a ${word} cat`, `(${word}:1.2)`]) {
        const { ids } = t5.tokenize(prompt);
        expect(ids[0]!.every(Number.isSafeInteger), prompt).toBe(true);
        expect(ids[0]!.slice(0, ids[0]!.indexOf(END))).toContain(UNKNOWN);
      }
    },
  );

  it('ends a prompt with </s> and pads it to 256 tokens', () => {
    expect(t5.tokenize('a cat')).toEqual({
      ids: [padded([ids['▁a'], ids['▁cat'], END])],
      weights: [padded([], 1)],
    });
    expect(t5.tokenize('').ids).toEqual([emptyT5Chunk(256)]);
  });

  it('never cuts a long prompt', () => {
    const { ids: found, weights } = t5.tokenize('(a:0.5) '.repeat(400).trim());
    expect(found[0]).toEqual([...Array<number>(400).fill(ids['▁a']!), END]);
    expect(weights[0]).toEqual([...Array<number>(400).fill(0.5), 1]);
  });

  it('tokenises each weighted stretch on its own', () => {
    expect(t5.tokenize('(a:1.5) cat')).toEqual({
      ids: [padded([ids['▁a'], ids['▁cat'], END])],
      weights: [padded([1.5], 1)],
    });
  });

  it('normalises by the character map of the file', () => {
    expect(t5.tokenize('a\tﬁ x ①').ids).toEqual([
      padded([ids['▁a'], ids['▁fi'], ids['▁'], UNKNOWN, ids['▁'], UNKNOWN, END]),
    ]);
  });

  it('collapses unknown characters that follow each other', () => {
    expect(t5.tokenize('xyz').ids).toEqual([padded([ids['▁'], UNKNOWN, END])]);
  });

  describe('reading a file', () => {
    let folder: string;
    beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'latentql-t5-'))));
    afterEach(() => rm(folder, { recursive: true }));

    const open = async (content: string) => {
      const path = join(folder, 'tokenizer.json');
      await writeFile(path, content);
      return T5Tokenizer.open(path);
    };

    it('opens a tokenizer.json', async () => {
      const opened = await open(JSON.stringify(tinyT5()));
      expect(opened.tokenize('(a cat:2)')).toEqual(t5.tokenize('(a cat:2)'));
    });

    it('says which file is missing, broken or of another kind', async () => {
      const other = {
        ...tinyT5(),
        added_tokens: [],
        model: {
          ...tinyT5().model,
          vocab: [
            ['<pad>', 0],
            ['x', 0],
            ['<unk>', 0],
          ],
        },
      };
      await expect(T5Tokenizer.open(join(folder, 'none.json'))).rejects.toThrow(
        /none\.json: expected a readable JSON file/,
      );
      await expect(open('{')).rejects.toThrow(/tokenizer\.json: expected a readable JSON file/);
      await expect(open('[1]')).rejects.toThrow(/expected a tokenizer of the tokenizers library/);
      await expect(open('null')).rejects.toThrow(/expected a JSON object, found null/);
      await expect(open(JSON.stringify(other))).rejects.toThrow(
        /expected id 1 for <\/s>, found no such token/,
      );
      const brokenMap = { ...tinyT5(), normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAEC' } };
      await expect(open(JSON.stringify(brokenMap))).rejects.toThrow(
        /precompiled_charsmap: expected a trie size/,
      );
    });
  });
});

describe('CharsMap', () => {
  const charsMap = (replacements: Record<string, string>) =>
    new CharsMap(tinyT5(replacements).normalizer.normalizers[0]!.precompiled_charsmap!);

  it('replaces a short grapheme whole by the replacement of its beginning', () => {
    expect(charsMap({ '\u3000': ' ' }).apply('a\u3000\u0301b')).toBe('a b');
    expect(charsMap({ 'e\u0301': 'é', e: 'E' }).apply('e\u0301e')).toBe('EE');
    expect(charsMap({ 'e\u0301': 'é' }).apply('e\u0301e')).toBe('ée');
  });

  it('looks up the characters of a long grapheme one by one', () => {
    expect(charsMap({ '™': 'TM' }).apply('™\ufe0f')).toBe('TM\ufe0f');
  });

  it('keeps what it does not know, NUL included', () => {
    expect(charsMap({ a: 'b' }).apply('\0xa👩‍🚀')).toBe('\0xb👩‍🚀');
  });
});
