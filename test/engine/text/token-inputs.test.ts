import { expect, it } from 'vitest';
import { tokenInputs } from '../../../src/engine/text/token-inputs.ts';

const vectors = [Float32Array.of(1, 2), Float32Array.of(9, 9, 9), Float32Array.of(3, 4)];

it('vectors stand where their ids do, with a token in their places that ends nothing', () => {
  const inputs = tokenInputs([7, -1, -3, 8], vectors, { width: 2, pad: 5 });
  expect(inputs.ids).toEqual([7, 0, 0, 8]);
  expect([...inputs.isToken]).toEqual([1, 0, 0, 1]);
  expect([...inputs.vectors]).toEqual([0, 0, 1, 2, 3, 4, 0, 0]);
});

it('vectors of another width leave their places, and as many pads follow at the end', () => {
  const inputs = tokenInputs([7, -2, 8], vectors, { width: 2, pad: 5 });
  expect(inputs.ids).toEqual([7, 8, 5]);
  expect([...inputs.isToken]).toEqual([1, 1, 1]);
});
