import type { Tensor } from '../graph/graph.ts';
import { add, inputOf, multiply } from '../graph/ops.ts';

/**
 * Replaces some embedded tokens of x [n,C] by vectors. Inputs: `isToken` [n,1], 1 for tokens and 0 for
 * vectors, and `vectors` [n,C], 0 at tokens.
 */
export function withVectors(x: Tensor): Tensor {
  const [count, width] = x.shape as [number, number];
  const tokens = multiply(x, inputOf(x.graph, 'isToken', [count, 1]));
  return add(tokens, inputOf(x.graph, 'vectors', [count, width]));
}
