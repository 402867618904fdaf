import { expect, it } from 'vitest';
import { extremeWeight, nestingOf } from '../../../src/engine/text/prompt-limits.ts';

it('square brackets nest in A1111 style alone, and an escape opens nothing', () => {
  expect(nestingOf('([(a)', 'COMFY')).toBe(2);
  expect(nestingOf('([(a)', 'A1111')).toBe(3);
  expect(nestingOf('\\[\\([a]', 'A1111')).toBe(1);
});

it('a weight is looked for as the style reads it', () => {
  expect(extremeWeight('(a:1e7)', 'COMFY')?.weight).toBe(1e7);
  expect(extremeWeight('(a:1e7)', 'A1111')).toBeUndefined();
  expect(extremeWeight('((a:10000):1000)', 'A1111')?.weight).toBe(1e7);
  expect(extremeWeight('(a:1.1.1)', 'A1111')).toEqual({ text: 'a', weight: NaN });
});
