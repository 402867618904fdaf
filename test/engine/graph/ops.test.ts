import { describe, expect, test } from 'vitest';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../../src/engine/graph/graph.ts';
import * as ops from '../../../src/engine/graph/ops.ts';
import { evaluate, ramp, type Value } from './run.ts';

const value = (shape: readonly number[], data: readonly number[]): Value => ({
  shape,
  data: Float32Array.from(data),
});

type Case = [
  name: string,
  inputs: Value[],
  network: (...x: [Tensor, ...Tensor[]]) => Tensor,
  expected: Value,
];

describe('operators compute what their names say and foretell their shapes', () => {
  const x = value([2, 3], [1, -2, 3, -4, 5, -6]);
  const cases: Case[] = [
    [
      'add over a broadcast axis',
      [x, value([3], [10, 20, 30])],
      (a, b) => ops.add(a, b),
      value([2, 3], [11, 18, 33, 6, 25, 24]),
    ],
    ['multiply by a number', [x], (a) => ops.multiply(a, 0.5), value([2, 3], [0.5, -1, 1.5, -2, 2.5, -3])],
    [
      'subtract',
      [x, value([2, 1], [1, 2])],
      (a, b) => ops.subtract(a, b),
      value([2, 3], [0, -3, 2, -6, 3, -8]),
    ],
    [
      'divide',
      [x, value([3], [1, 2, 4])],
      (a, b) => ops.divide(a, b),
      value([2, 3], [1, -1, 0.75, -4, 2.5, -1.5]),
    ],
    ['squareRoot', [value([3], [0, 4, 2.25])], ops.squareRoot, value([3], [0, 2, 1.5])],
    [
      'mean over some axes',
      [ramp([1, 2, 2, 3])],
      (a) => ops.mean(a, [2, 3]),
      value([1, 2, 1, 1], [2.5, 8.5]),
    ],
    ['equal', [x], (a) => ops.cast(ops.equal(a, 5), 'F32'), value([2, 3], [0, 0, 0, 0, 1, 0])],
    ['sin', [x], ops.sin, value([2, 3], [...x.data].map(Math.sin))],
    ['cos', [x], ops.cos, value([2, 3], [...x.data].map(Math.cos))],
    [
      'x·sigmoid(x)',
      [x],
      (a) => ops.sigmoidUnit(a),
      value(
        [2, 3],
        [...x.data].map((v) => v / (1 + Math.exp(-v))),
      ),
    ],
    [
      'x·sigmoid(1.702x)',
      [x],
      (a) => ops.sigmoidUnit(a, 1.702),
      value(
        [2, 3],
        [...x.data].map((v) => v / (1 + Math.exp(-1.702 * v))),
      ),
    ],
    // x·Φ(x) at 1, -2, 3, -4 from tables of the normal distribution.
    [
      'gelu',
      [value([4], [1, -2, 3, -4])],
      ops.gelu,
      value([4], [0.8413447, -0.0455003, 2.9959503, -0.0001267]),
    ],
    // ½x(1 + tanh(√(2/π)(x + 0.044715x³))) at 1, -2, 3, -4.
    [
      'gelu by tanh',
      [value([4], [1, -2, 3, -4])],
      ops.geluTanh,
      value([4], [0.841192, -0.0454023, 2.9963627, -0.0000703]),
    ],
    ['clip', [x], (a) => ops.clip(a, -2, 3), value([2, 3], [1, -2, 3, -2, 3, -2])],
    ['reshape', [x], (a) => ops.reshape(a, [3, 2]), value([3, 2], [...x.data])],
    ['transpose', [x], (a) => ops.transpose(a, [1, 0]), value([3, 2], [1, -4, -2, 5, 3, -6])],
    [
      'concat',
      [x, value([2, 1], [7, 8])],
      (a, b) => ops.concat([a, b], 1),
      value([2, 4], [1, -2, 3, 7, -4, 5, -6, 8]),
    ],
    ['slice', [x], (a) => ops.slice(a, 1, 1, 3), value([2, 2], [-2, 3, 5, -6])],
    [
      'gather',
      [x],
      (a) => ops.gather(a, a.graph.integers([1, 1, 0])),
      value([3, 3], [-4, 5, -6, -4, 5, -6, 1, -2, 3]),
    ],
    [
      'argMax takes the first of equals',
      [value([2, 3], [0, 1, 1, 1, 0, 1])],
      (a) => ops.cast(ops.argMax(a), 'F32'),
      value([2], [1, 0]),
    ],
    ['matmul', [x, value([3, 1], [1, 1, 2])], (a, b) => ops.matmul(a, b), value([2, 1], [5, -11])],
    [
      'softmax',
      [value([2, 2], [0, Math.log(3), 1000, 1000])],
      ops.softmax,
      value([2, 2], [0.25, 0.75, 0.5, 0.5]),
    ],
    [
      'affine with a weight as checkpoints store it',
      [x, value([2, 3], [1, 0, 0, 1, 1, 1]), value([2], [10, 20])],
      (a, w, b) => ops.affine(a, w, b),
      value([2, 2], [11, 22, 6, 15]),
    ],
    [
      'affine without bias',
      [x, value([1, 3], [1, 1, 1])],
      (a, w) => ops.affine(a, w),
      value([2, 1], [2, -5]),
    ],
    [
      'convolution with zeros below and to the right only',
      [value([1, 1, 2, 2], [1, 2, 3, 4]), value([1, 1, 3, 3], new Array(9).fill(1)), value([1], [0.5])],
      (a, w, b) => ops.convolve(a, w, b, { stride: 2, padding: [0, 0, 1, 1] }),
      value([1, 1, 1, 1], [10.5]),
    ],
    [
      'convolution with stride 2 of an odd size',
      [ramp([1, 1, 3, 3]), value([1, 1, 3, 3], [0, 0, 0, 0, 1, 0, 0, 0, 0]), value([1], [0])],
      (a, w, b) => ops.convolve(a, w, b, { stride: 2, padding: [1, 1, 1, 1] }),
      value([1, 1, 2, 2], [0, 2, 6, 8]),
    ],
    [
      'nearest resize to twice the size',
      [value([1, 1, 1, 2], [1, 2])],
      (a) => ops.resizeNearest(a, 2, 4),
      value([1, 1, 2, 4], [1, 1, 2, 2, 1, 1, 2, 2]),
    ],
    [
      'nearest resize to an odd size',
      [value([1, 1, 1, 3], [1, 2, 3])],
      (a) => ops.resizeNearest(a, 1, 5),
      value([1, 1, 1, 5], [1, 1, 2, 2, 3]),
    ],
    ['toTokens', [ramp([1, 2, 1, 2])], ops.toTokens, value([2, 2], [0, 2, 1, 3])],
    ['toImage', [value([2, 2], [0, 2, 1, 3])], (a) => ops.toImage(a, [1, 2, 1, 2]), ramp([1, 2, 1, 2])],
    [
      'standardise each group',
      [value([1, 2, 2], [1, 3, 10, 10])],
      (a) => ops.standardise(a, 1e-6),
      value([1, 2, 2], [-1, 1, 0, 0]),
    ],
    [
      'layer normalisation',
      [value([1, 2], [1, 3]), value([2], [2, 3]), value([2], [10, 20])],
      (a, w, b) => ops.normaliseLast(a, w, b, 1e-9),
      value([1, 2], [8, 23]),
    ],
    [
      'layer normalisation without weights',
      [value([1, 2, 2], [1, 3, 7, 7])],
      (a) => ops.standardiseLast(a, 1e-9),
      value([1, 2, 2], [-1, 1, 0, 0]),
    ],
    [
      'root-mean-square normalisation',
      [value([2, 2], [1, 7, -5, 5]), value([2], [1, 10])],
      (a, w) => ops.normaliseRms(a, w, 0),
      value([2, 2], [0.2, 14, -1, 10]),
    ],
    [
      // Two tokens of two heads of one pair: the first stays, the second turns by 90 degrees.
      'rotate neighbouring channels of each head',
      [value([1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), value([2, 1], [1, 0]), value([2, 1], [0, 1])],
      (a, cos, sin) => ops.rotate(a, { cos, sin }),
      value([1, 2, 4], [1, 2, 3, 4, -6, 5, -8, 7]),
    ],
  ];
  test.for(cases)('%s', async ([, inputs, network, expected]) => {
    const found = await evaluate(inputs, network);
    expect(found.shape).toEqual(expected.shape);
    expect([...found.data].map(rounded)).toEqual([...expected.data].map(rounded));
  });
});

/** To six decimals; -0 is 0. */
const rounded = (number: number): number => Math.round(number * 1e6) / 1e6 + 0;

describe('operators refuse what cannot be', () => {
  const graph = new Graph('test', CPU_PROFILE);
  const x = graph.input('x', 'F32', [2, 3]);

  test('a reshape to another number of elements', () => {
    expect(() => ops.reshape(x, [7])).toThrow(/x \[2,3\] cannot be reshaped to \[7\]/);
  });
  test('a broadcast of unequal sizes', () => {
    expect(() => ops.add(x, graph.input('y', 'F32', [2]))).toThrow(/\[2,3\] and \[2\] do not broadcast/);
  });
  test('an axis that is not there', () => {
    expect(() => x.dim(2)).toThrow(/x \[2,3\] has no axis 2/);
  });
  test('a constant that its values do not fill', () => {
    expect(() => graph.constant([1, 2], [3])).toThrow(/2 values do not fill a constant of shape \[3\]/);
  });
});
