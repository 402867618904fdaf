import { expect, test } from 'vitest';
import { attention } from '../../../src/engine/graph/attention.ts';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../../src/engine/graph/graph.ts';
import { affine, convolve, matmul } from '../../../src/engine/graph/ops.ts';

const flops = (
  shapes: readonly number[][],
  network: (...inputs: Tensor[]) => Tensor,
  profile = CPU_PROFILE,
) => {
  const graph = new Graph('test', profile);
  const out = network(...shapes.map((shape, i) => graph.input(`x${i}`, 'F32', shape)));
  return graph.build({ out }).flops;
};

test('a graph counts two operations for each multiply-add of its products and convolutions', () => {
  expect(
    flops(
      [
        [2, 3],
        [3, 5],
      ],
      (a, b) => matmul(a, b),
    ),
  ).toBe(2 * 2 * 3 * 5);
  expect(flops([[2, 3], [5, 3], [5]], (x, w, b) => affine(x, w, b))).toBe(2 * 2 * 3 * 5);
  const kernel = [[2, 3, 8, 8], [4, 3, 3, 3], [4]];
  const padding = [1, 1, 1, 1] as const;
  expect(flops(kernel, (x, w, b) => convolve(x, w, b, { padding }))).toBe(2 * (2 * 4 * 8 * 8) * (3 * 3 * 3));
});

test('a graph counts attention alike however it is written', () => {
  const shapes = [
    [2 * 10, 8],
    [2 * 7, 8],
    [2 * 7, 8],
  ];
  const count = (kind: 'fused' | 'plain') =>
    flops(shapes, (q, k, v) => attention(q, k, v, { batch: 2, heads: 4 }), {
      ...CPU_PROFILE,
      attention: kind,
    });
  expect(count('fused')).toBe(4 * 2 * 10 * 7 * 8);
  expect(count('plain')).toBe(count('fused'));
});
