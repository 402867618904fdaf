import { expect, it } from 'vitest';
import { resizeMask } from '../../../src/engine/masks/mask.ts';

it('a mask of the right size stays as it is', () => {
  const data = Float32Array.of(0, 0.25, 1, 0.5, 0.75, 0);
  expect(resizeMask({ width: 3, height: 2, data }, 3, 2).data).toEqual(data);
});

it('a mask made smaller takes the mean of the two values beside each centre', () => {
  const data = Float32Array.of(0, 0.2, 0.4, 0.6, 0.8, 1, 1, 0);
  expect(resizeMask({ width: 8, height: 1, data }, 2, 1).data).toEqual(Float32Array.of(0.3, 1));
});

it('a mask made larger is interpolated, and repeats its edge outside', () => {
  const data = Float32Array.of(0, 1);
  expect(resizeMask({ width: 2, height: 1, data }, 4, 1).data).toEqual(Float32Array.of(0, 0.25, 0.75, 1));
  expect(resizeMask({ width: 1, height: 2, data }, 1, 4).data).toEqual(Float32Array.of(0, 0.25, 0.75, 1));
});
