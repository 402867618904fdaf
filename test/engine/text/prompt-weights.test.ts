import { describe, expect, it } from 'vitest';
import { parsePromptWeights } from '../../../src/engine/text/prompt-weights.ts';

const segments = (prompt: string) => parsePromptWeights(prompt).map(({ text, weight }) => [text, weight]);

describe('parsePromptWeights', () => {
  it.each([
    ['nothing for an empty prompt', '', []],
    ['nothing for an empty group', '()', []],
    ['plain text at weight one', 'a cat', [['a cat', 1]]],
    ['1.1 for each pair of parentheses, multiplied in double precision', '((a cat))', [['a cat', 1.1 * 1.1]]],
    [
      'a number instead of the product',
      'a ((cat:1.5))',
      [
        ['a ', 1],
        ['cat', 1.5],
      ],
    ],
    ['the last colon of a group as the one before the number', '(a:b:1.3)', [['a:b', 1.3]]],
    ['a colon at the beginning as text', '(:1.2)', [[':1.2', 1.1]]],
    ['a group whose number is not a number as text', '(a:abc)', [['a:abc', 1.1]]],
    [
      'the number of an outer group as the base of inner ones',
      '(a (b) c:0.5)',
      [
        ['a ', 0.5],
        ['b', 0.55],
        [' c', 0.5],
      ],
    ],
    [
      'an escaped parenthesis as text inside and outside of groups',
      '\\(a (b\\):2)',
      [
        ['(a ', 1],
        ['b)', 2],
      ],
    ],
    ['a backslash before anything else as text', 'a\\b \\\\)', [['a\\b \\)', 1]]],
    [
      'an opening parenthesis without a partner as text',
      'a (b',
      [
        ['a ', 1],
        ['(b', 1],
      ],
    ],
    [
      'a closing parenthesis without a partner as text that swallows the next group',
      'a) (b)',
      [['a) (b)', 1]],
    ],
    ['one parenthesis too many as text inside the group', '((a)', [['(a', 1.1]]],
    ['square and curly brackets as text', '[a] {b|c}', [['[a] {b|c}', 1]]],
    ['infinite weights', '(a:-inf)', [['a', -Infinity]]],
  ])('gives %s', (_, prompt, expected) => {
    expect(segments(prompt)).toEqual(expected);
  });

  it('reads the deepest nesting that fits into a prompt of 10,000 characters', () => {
    const depth = 4_998;
    const prompt = '('.repeat(depth) + 'a:.5' + ')'.repeat(depth);
    expect(segments(prompt)).toEqual([['a', 0.5]]);
  });
});
