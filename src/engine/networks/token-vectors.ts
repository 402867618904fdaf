import type { Tensor } from '../graph/graph.ts';
import { add, inputOf, multiply } from '../graph/ops.ts';

/**
 * Embedded tokens x [n,C] with vectors in the place of some. Inputs `isToken` [n,1], 1 or else 0, and `vectors` [n,C], all 0 where
 * a token is.
 */
export function withVectors(x: Tensor): Tensor {
  const [count, width] = x.shape as [number, number];
  const tokens = multiply(x, inputOf(x.graph, 'isToken', [count, 1]));
  return add(tokens, inputOf(x.graph, 'vectors', [count, width]));
}
