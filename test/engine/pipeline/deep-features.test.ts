import { expect, test } from 'vitest';
import { DeepFeatures, usesOf } from '../../../src/engine/pipeline/deep-features.ts';
import type { Conditioning } from '../../../src/engine/pipeline/guidance.ts';

const BOTH = ['negative', 'positive'] as const;
const POSITIVE = ['positive'] as const;

/** Which of a run's evaluations compute everything; what a network gives is the count of the evaluation, and + 0.5 of the second prompt. */
function evaluationsOf(interval: number, evaluations: readonly (readonly Conditioning[])[], joined = true) {
  const features = new DeepFeatures({ interval, depth: 3 });
  return evaluations.map((conditionings, i) => {
    features.begin(conditionings);
    const taken: number[] = [];
    for (const names of joined ? [conditionings] : conditionings.map((name) => [name])) {
      const { deep } = features.given(names);
      taken.push(...(deep ?? []));
      features.keep(names, { deep: Float32Array.from(names, (name) => i + (name === 'positive' ? 0.5 : 0)) });
    }
    return features.use.use === 'GIVEN' ? taken : 'all';
  });
}

test.each([true, false])(
  'every so many evaluations compute everything, the others take what the last such one gave; both prompts in one batch: %s',
  (joined) => {
    const nine = new Array<typeof BOTH>(6).fill(BOTH);
    const [first, second] = [
      [0, 0.5],
      [3, 3.5],
    ];
    expect(evaluationsOf(3, nine, joined)).toEqual(['all', first, first, 'all', second, second]);
    expect(evaluationsOf(1, nine, joined)).toEqual(new Array(6).fill('all'));
  },
);

test('a prompt of which nothing is kept, or only what is older than the other’s, has everything computed', () => {
  expect(evaluationsOf(4, [POSITIVE, POSITIVE, BOTH, POSITIVE, BOTH])).toEqual([
    'all',
    [0.5],
    'all',
    [2.5],
    [2, 2.5],
  ]);
  expect(evaluationsOf(2, [BOTH, BOTH, POSITIVE, BOTH])).toEqual(['all', [0, 0.5], 'all', 'all']);
});

test('a run that reuses nothing opens no other network', () => {
  expect(usesOf(undefined)).toEqual([undefined]);
  expect(usesOf({ interval: 1, depth: 2 })).toEqual([{ depth: 2, use: 'KEPT' }]);
  expect(usesOf({ interval: 2, depth: 2 }).map((deep) => deep?.use)).toEqual(['KEPT', 'GIVEN']);
});
