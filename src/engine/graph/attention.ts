import { sizeOf, type Tensor } from './graph.ts';
import { add, matmul, multiply, reshape, softmax, transpose } from './ops.ts';
import { MICROSOFT } from './proto.ts';

export interface AttentionShape {
  readonly batch: number;
  readonly heads: number;
  /** Whether a token sees only itself and those before it. */
  readonly causal?: boolean;
  /** What the products q·k are multiplied by; 1/√d if absent. */
  readonly scale?: number;
  /** [1,heads,S,T], added to the products. */
  readonly bias?: Tensor;
}

/**
 * softmax(q·kᵀ/√d + bias)·v over each head (Vaswani et al. 2017), for q [B·S, heads·d] and k, v [B·T, heads·d] → [B·S, heads·d],
 * with the operator that the device's profile names.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
  return q.graph.profile.attention === 'fused'
    ? fusedAttention(q, k, v, shape)
    : plainAttention(q, k, v, shape);
}

function fusedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { batch, heads, causal = false, scale, bias }: AttentionShape,
): Tensor {
  const byBatch = (x: Tensor) => reshape(x, [batch, x.dim(0) / batch, x.dim(1)]);
  const inputs = [byBatch(q), byBatch(k), byBatch(v)] as const;
  const out = q.graph.node(
    'MultiHeadAttention',
    bias ? [...inputs, null, null, bias] : inputs,
    inputs[0].shape,
    {
      domain: MICROSOFT,
      attributes: {
        num_heads: { i: heads },
        unidirectional: { i: causal ? 1 : 0 },
        ...(scale !== undefined && { scale: { f: scale } }),
      },
    },
  );
  return reshape(out, q.shape);
}

function plainAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { batch, heads, causal = false, scale, bias }: AttentionShape,
): Tensor {
  const width = q.dim(1) / heads;
  const split = (x: Tensor) => reshape(x, [batch, x.dim(0) / batch, heads, width]);
  const queries = transpose(split(multiply(q, scale ?? 1 / Math.sqrt(width))), [0, 2, 1, 3]); // [B,heads,S,d]
  const keys = transpose(split(k), [0, 2, 3, 1]); // [B,heads,d,T]
  const products = matmul(queries, keys); // [B,heads,S,T]
  const scores = bias ? add(products, bias) : products;
  const weights = softmax(causal ? add(scores, causalMask(scores)) : scores);
  const heard = matmul(weights, transpose(split(v), [0, 2, 1, 3])); // [B,heads,S,d]
  return reshape(transpose(heard, [0, 2, 1, 3]), q.shape);
}

/** [S,T] of 0 where token s may look at token t ≤ s, else of a number that softmax turns into 0. */
function causalMask(scores: Tensor): Tensor {
  const shape = [scores.dim(-2), scores.dim(-1)] as const;
  const mask = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    i % shape[1] > i / shape[1] ? -1e30 : 0,
  );
  return scores.graph.constant(mask, shape);
}
