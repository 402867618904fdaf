import { describe, expect, it } from 'vitest';
import { parseAttention } from '../../../../src/engine/text/a1111/attention.ts';

const segments = (prompt: string) => parseAttention(prompt).map(({ text, weight }) => [text, weight]);

describe('parseAttention', () => {
  it.each([
    [
      'multiplies the number of a group, unlike ComfyUI',
      '((a:1.2) b:1.5)',
      [
        ['a', 1.2 * 1.5],
        [' b', 1.5],
      ],
    ],
    ['divides for square brackets', '[[a]]', [['a', (1 / 1.1) * (1 / 1.1)]]],
    [
      'keeps round and square brackets on two stacks',
      '(a [b) c]',
      [
        ['a ', 1.1],
        ['b', 1.1 * (1 / 1.1)],
        [' c', 1 / 1.1],
      ],
    ],
    [
      'lets an open bracket last to the end',
      'a (b',
      [
        ['a ', 1],
        ['b', 1.1],
      ],
    ],
    ['reads a number that no bracket opened as text', 'a:1.2)', [['a:1.2)', 1]]],
    ['knows the digits of other scripts, and blanks around a number', '(a :\u2009٣ )', [['a ', 3]]],
    ['knows no exponent', '(a:1e1)', [['a:1e1', 1.1]]],
    ['takes a backslash away before anything', 'a\\b \\(c\\) \\\\', [['ab (c) \\', 1]]],
    ['gives one empty segment for nothing', '()', [['', 1]]],
    [
      'makes a segment of BREAK, with its blanks',
      'a \n BREAK\tb',
      [
        ['a', 1],
        ['BREAK', -1],
        ['b', 1],
      ],
    ],
    [
      'reads BREAK within a word, of any script, as text',
      'aBREAK éBREAK BREAK_',
      [['aBREAK éBREAK BREAK_', 1]],
    ],
    [
      'multiplies BREAK where a bracket weighs it',
      '(a BREAK b)',
      [
        ['a', 1.1],
        ['BREAK', -1.1],
        ['b', 1.1],
      ],
    ],
  ])('%s', (_what, prompt, expected) => {
    expect(segments(prompt)).toEqual(expected);
  });

  it('says that a weight is no number', () => {
    expect(segments('(a:1.1.1) b')).toEqual([
      ['a', NaN],
      [' b', 1],
    ]);
    expect(segments('(a:.)')).toEqual([['a', NaN]]);
  });

  it('reads ten thousand open brackets in no time', () => {
    const start = performance.now();
    parseAttention('(['.repeat(5_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
