/** Operators that put values in order, or choose by a condition. */
import type { Tensor } from './graph.ts';

/** Largest value along the last axis, which goes. */
export function largestOf(x: Tensor): Tensor {
  return x.graph.node('ReduceMax', [x, x.graph.integers([-1])], x.shape.slice(0, -1), {
    attributes: { keepdims: { i: 0 } },
  });
}

/** Places along the last axis in the order of their values, the largest or the smallest first, of equal ones the first; I64. */
export function ranked(x: Tensor, first: 'LARGEST' | 'SMALLEST'): Tensor {
  return x.graph.node('TopK', [x, x.graph.integers([x.dim(-1)])], x.shape, {
    dtype: 'I64',
    unread: 1, // the values themselves
    attributes: { largest: { i: first === 'LARGEST' ? 1 : 0 } },
  });
}

/** a where x < bound, else b; all of one shape. */
export function whereBelow(x: Tensor, bound: number, a: Tensor, b: Tensor): Tensor {
  const { graph } = x;
  const isBelow = graph.node('Less', [x, graph.integers([bound], [])], x.shape, { dtype: 'BOOL' });
  return graph.node('Where', [isBelow, a, b], x.shape, { dtype: a.dtype });
}
