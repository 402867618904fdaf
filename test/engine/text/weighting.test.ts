import { describe, expect, it } from 'vitest';
import { DivergedError } from '../../../src/engine/errors.ts';
import { firstPooled, joinFeatures, sameLength } from '../../../src/engine/text/conditioning.ts';
import { applyWeights, isWeighted } from '../../../src/engine/text/weighting.ts';

describe('applyWeights', () => {
  it('moves every token of every chunk away from the empty prompt at its position', () => {
    const states = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const empty = Float32Array.of(1, 1, 2, 2);
    const weighted = applyWeights(
      states,
      empty,
      [
        [1, 2],
        [0, -1],
      ],
      2,
    );
    expect(weighted).toEqual(Float32Array.of(1, 2, 4, 6, 1, 1, -3, -4));
    expect(states).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });

  it('rounds each operation to f32', () => {
    const [z, e, w] = [0.1, 0.7, 1.3].map(Math.fround) as [number, number, number];
    const expected = Math.fround(Math.fround(Math.fround(z - e) * w) + e);
    expect(applyWeights(Float32Array.of(z), Float32Array.of(e), [[1.3]], 1)).toEqual(
      Float32Array.of(expected),
    );
  });

  it('refuses states of another shape', () => {
    expect(() => applyWeights(new Float32Array(6), new Float32Array(4), [[1, 1]], 2)).toThrow('expected 4');
    expect(() => applyWeights(new Float32Array(4), new Float32Array(2), [[1, 1]], 2)).toThrow(
      'expected 2 × 2',
    );
  });
});

describe('isWeighted', () => {
  it('is true for any weight but one, NaN included', () => {
    expect([[[1, 1], [1]], [[1], [1, 1.1]], [[NaN]], []].map(isWeighted)).toEqual([false, true, true, false]);
  });
});

describe('conditioning', () => {
  const states = (tokens: number, width: number, first: number) => ({
    tokens,
    width,
    data: Float32Array.from({ length: tokens * width }, (_, i) => first + i),
  });

  it('joins two encoders on the feature axis and cuts the longer one', () => {
    expect(joinFeatures(states(2, 1, 0), states(3, 2, 10))).toEqual({
      tokens: 2,
      width: 3,
      data: Float32Array.of(0, 10, 11, 1, 12, 13),
    });
  });

  it('repeats prompts of different length to their least common length', () => {
    const [a, b] = sameLength(states(2, 1, 0), states(3, 1, 10));
    expect(a).toEqual({ tokens: 6, width: 1, data: Float32Array.of(0, 1, 0, 1, 0, 1) });
    expect(b).toEqual({ tokens: 6, width: 1, data: Float32Array.of(10, 11, 12, 10, 11, 12) });
    const [c, d] = sameLength(a, b);
    expect([c, d]).toEqual([a, b]);
  });

  it('takes the pooled state of the first chunk', () => {
    expect(firstPooled(Float32Array.of(1, 2, 3, 4), 2)).toEqual(Float32Array.of(1, 2));
  });
});

it.each([NaN, Infinity, 1e39])("A weight of %d is told as the prompt's fault, not the device's", (weight) => {
  expect(() => applyWeights(Float32Array.of(1, 2), Float32Array.of(0, 0), [[weight]], 2)).toThrow(
    DivergedError,
  );
});
