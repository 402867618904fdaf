import { ELEMENT_BYTES } from '../checkpoint/safetensors.ts';
import { sizeOf, type Tensor } from './graph.ts';
import { add, concat, matmul, multiply, reshape, slice, softmax, transpose } from './ops.ts';
import { MICROSOFT } from './proto.ts';

/** Shape and options of an attention operation. */
export interface AttentionShape {
  readonly batch: number;
  readonly heads: number;
  /** Whether a token attends only to itself and earlier tokens. */
  readonly causal?: boolean;
  /** Scale of the scores q·k; 1/√d if absent. */
  readonly scale?: number;
  /** [1,heads,S,T], added to the scores. */
  readonly bias?: Tensor;
}

/**
 * softmax(q·kᵀ/√d + bias)·v per head (Vaswani et al. 2017), for q [B·S, heads·d] and k, v [B·T, heads·d] →
 * [B·S, heads·d], with the operator that the device profile selects.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
  const attend = q.graph.profile.attention === 'fused' ? fusedAttention : plainAttention;
  return q.graph.even(attend(q, k, v, shape));
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
  const values = transpose(split(v), [0, 2, 1, 3]); // [B,heads,T,d]
  const hear = (from: number, to: number) => {
    const products = matmul(rows(queries, from, to), keys); // [B,heads,to-from,T]
    const scores = bias ? add(products, rows(bias, from, to)) : products;
    return matmul(softmax(causal ? add(scores, causalMask(scores, from)) : scores), values);
  };
  const [count, step] = [queries.dim(2), rowsAtATime(queries, keys)];
  const parts: Tensor[] = [];
  for (let from = 0; from < count; from += step) parts.push(hear(from, Math.min(from + step, count)));
  const heard = parts.length === 1 ? parts[0]! : concat(parts as [Tensor, ...Tensor[]], 2); // [B,heads,S,d]
  return reshape(transpose(heard, [0, 2, 1, 3]), q.shape);
}

/** Number of queries whose scores for all keys fit in the profile's `scoreBytes`. */
function rowsAtATime(queries: Tensor, keys: Tensor): number {
  const [batch, heads, count] = queries.shape as [number, number, number];
  const perQuery = batch * heads * keys.dim(-1) * ELEMENT_BYTES[queries.dtype];
  return Math.max(1, Math.min(count, Math.floor(queries.graph.profile.scoreBytes / perQuery)));
}

const rows = (x: Tensor, from: number, to: number): Tensor =>
  to - from === x.dim(2) ? x : slice(x, 2, from, to);

/**
 * [S,T]: 0 where token first + s may attend to token t ≤ first + s, otherwise a number that softmax turns
 * into 0.
 */
function causalMask(scores: Tensor, first: number): Tensor {
  const shape = [scores.dim(-2), scores.dim(-1)] as const;
  const mask = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    i % shape[1] > first + Math.floor(i / shape[1]) ? -3e4 : 0,
  );
  return scores.graph.constant(mask, shape, scores.dtype);
}
