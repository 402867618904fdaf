import { describe, expect, it } from 'vitest';
import { pythonFloat, pythonWords } from '../../../src/engine/text/python-text.ts';

describe('pythonFloat', () => {
  it.each([
    ['1', 1],
    ['-1.5', -1.5],
    ['+.5e3', 500],
    ['1.', 1],
    ['1.e5', 1e5],
    ['1e-1', 0.1],
    [' \t1.4\u3000\x85', 1.4],
    ['1_000.2_5', 1000.25],
    ['1e5_0', 1e50],
    ['1e400', Infinity],
    ['inf', Infinity],
    ['-INFINITY', -Infinity],
    ['-nan', NaN],
    ['１.５', 1.5],
    ['१२', 12],
    ['𝟙𝟚', 12],
  ])('reads %j', (text, value) => {
    expect(pythonFloat(text)).toBe(value);
  });

  it.each([
    '',
    ' ',
    '+',
    '.',
    'e5',
    '--1',
    '1__0',
    '_1',
    '1_',
    '1_.5',
    '1e_5',
    '0x10',
    '1,5',
    'inf_',
    'abc',
    '\ufeff1',
    '\x1c1',
    '1 2',
    '１ｅ５',
  ])('refuses %j', (text) => {
    expect(pythonFloat(text)).toBeUndefined();
  });
});

describe('pythonWords', () => {
  it('splits at the white space that Python knows', () => {
    expect(pythonWords(' a\x1cb\u2028c\ufeffd \n')).toEqual(['a', 'b', 'c\ufeffd']);
    expect(pythonWords(' \t')).toEqual([]);
  });
});
