/** Operators that sort values or select by a condition. */
import type { Tensor } from './graph.ts';

/** Maximum along the last axis, which is removed. */
export function largestOf(x: Tensor): Tensor {
  return x.graph.node('ReduceMax', [x, x.graph.integers([-1])], x.shape.slice(0, -1), {
    attributes: { keepdims: { i: 0 } },
  });
}

/** Argsort along the last axis as I64, the largest or the smallest first. Ties keep their order. */
export function ranked(x: Tensor, first: 'LARGEST' | 'SMALLEST'): Tensor {
  return x.graph.node('TopK', [x, x.graph.integers([x.dim(-1)])], x.shape, {
    dtype: 'I64',
    unread: 1, // the values themselves
    attributes: { largest: { i: first === 'LARGEST' ? 1 : 0 } },
  });
}

/** a where x < bound, else b. All have the same shape. */
export function whereBelow(x: Tensor, bound: number, a: Tensor, b: Tensor): Tensor {
  const { graph } = x;
  const isBelow = graph.node('Less', [x, graph.integers([bound], [])], x.shape, { dtype: 'BOOL' });
  return graph.node('Where', [isBelow, a, b], x.shape, { dtype: a.dtype });
}
