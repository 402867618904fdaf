import { describe, expect, it } from 'vitest';
import { CLIP_PAD, tokenizeClip } from '../../../src/engine/text/clip-chunks.ts';
import { clipTokenIds } from '../../../src/engine/text/clip-tokenizer.ts';
import { cutEmbeddings, mentionedEmbeddings } from '../../../src/engine/text/embeddings.ts';

const cut = (segment: string) => cutEmbeddings(segment, (name) => name === 'foo' || name === 'a,b');

describe('cutEmbeddings', () => {
  it.each([
    [
      'at the beginning and after any white space',
      'embedding:foo\tx\u3000embedding:foo',
      [{ embedding: 'foo' }, { text: 'x' }, { embedding: 'foo' }],
    ],
    [
      'but not within a word, nor in another case',
      'xembedding:foo Embedding:foo',
      [{ text: 'xembedding:foo Embedding:foo' }],
    ],
    ['with a blank before the name', 'embedding: foo bar', [{ embedding: 'foo' }, { text: 'bar' }]],
    ['up to < or [', 'embedding:foo<lora:x:1> y', [{ embedding: 'foo' }, { text: '<lora:x:1> y' }]],
    [
      'with the comma that hangs on to it as text',
      'embedding:foo, bar',
      [{ embedding: 'foo' }, { text: ', bar' }],
    ],
    ['with a comma in its name', 'embedding:a,b c', [{ embedding: 'a,b' }, { text: 'c' }]],
    [
      'and drops one that is not there, with all that hangs on to it',
      'embedding:foo,bar baz',
      [{ missing: 'foo,bar' }, { text: 'baz' }],
    ],
    [
      'and keeps the commas after one that is not there',
      'embedding:bar, baz',
      [{ missing: 'bar' }, { text: ', baz' }],
    ],
    ['and reads nothing into the word alone', 'embedding:', [{ missing: '' }]],
  ])('finds a mention %s', (_what, segment, expected) => {
    expect(cut(segment)).toEqual(expected);
  });
});

it('the embeddings of a prompt are named once each, in whatever weights they stand', () => {
  const prompt = '(embedding:foo:1.2) embedding:foo, embedding:other (embedding:other)';
  expect(mentionedEmbeddings(prompt, (name) => name === 'foo')).toEqual([
    { embedding: 'foo' },
    { missing: 'other' },
  ]);
});

it('vectors take the places of tokens, with weights and chunks like those', () => {
  const embeddings = new Map([
    ['big', Array.from({ length: 9 }, () => Float32Array.of(0))],
    ['small', [Float32Array.of(1)]],
  ]);
  const cats = 'cat '.repeat(70);
  const { ids, weights, vectors } = tokenizeClip(
    `${cats}(embedding:big:2) embedding:small`,
    { pad: CLIP_PAD.l },
    embeddings,
  );
  const [cat] = clipTokenIds('cat');
  expect(ids[0]!.slice(70, 77)).toEqual([cat, -1, -2, -3, -4, -5, 49_407]);
  expect(ids[1]!.slice(0, 6)).toEqual([49_406, -6, -7, -8, -9, -10]);
  expect(weights[1]!.slice(0, 7)).toEqual([1, 2, 2, 2, 2, 1, 1]);
  expect(vectors).toEqual([...embeddings.get('big')!, ...embeddings.get('small')!]);
});
