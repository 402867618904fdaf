import { describe, expect, it } from 'vitest';
import { splitParts } from '../../../../src/engine/text/a1111/parts.ts';

describe('splitParts', () => {
  it.each([
    ['gives one part where nothing is said', 'a cat', [['a cat', 1]]],
    [
      'takes the weight off each end',
      'a :1.2 AND b: -0.5 ',
      [
        ['a', 1.2],
        [' b', -0.5],
      ],
    ],
    [
      'looks at no bracket',
      '(a AND b:1.2)',
      [
        ['(a', 1],
        [' b:1.2)', 1],
      ],
    ],
    ['takes a weight without AND, too', '(fox:0.9', [['(fox', 0.9]]],
    [
      'counts empty parts',
      'AND a',
      [
        ['', 1],
        [' a', 1],
      ],
    ],
    ['leaves AND within a word, of any script', 'SAND ANDé AND_b', [['SAND ANDé AND_b', 1]]],
    ['takes the last of several numbers', 'a:1:2.', [['a:1', 2]]],
  ])('%s', (_what, prompt, expected) => {
    expect(splitParts(prompt).map(({ text, weight }) => [text, weight])).toEqual(expected);
  });

  it('reads ten thousand blanks in no time', () => {
    const start = performance.now();
    splitParts(`a${' '.repeat(10_000)}b:${' '.repeat(9_000)}x`);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
