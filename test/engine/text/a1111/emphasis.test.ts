import { expect, test } from 'vitest';
import { emphasise } from '../../../../src/engine/text/a1111/emphasis.ts';

const one = { states: Float32Array.of(1, 2, 3, 4), weights: [1, 2], times: 1 };
const other = { states: Float32Array.of(5, 5, 5, 5), weights: [1, 1], times: 3 };

test('the mean of a chunk stays what it was, taken over all texts as often as each is there', () => {
  const before = (10 + 3 * 20) / 16;
  const after = (1 + 2 + 6 + 8 + 3 * 20) / 16;
  const [first, second] = emphasise([one, other], 'ORIGINAL');
  expect(Array.from(first!)).toEqual(
    [1, 2, 6, 8].map((z) => expect.closeTo((z * before) / after, 5) as number),
  );
  expect(second![0]).toBeCloseTo((5 * before) / after, 5);
});

test('without the norm it is multiplied alone, and ignored it is what it was', () => {
  expect(emphasise([one, other], 'NO_NORM')[0]).toEqual(Float32Array.of(1, 2, 6, 8));
  for (const emphasis of ['IGNORE', 'NONE'] as const) {
    const [same] = emphasise([one], emphasis);
    expect(same).toEqual(one.states);
    expect(same).not.toBe(one.states);
  }
});
