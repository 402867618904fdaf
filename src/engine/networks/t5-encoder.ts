import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { attention } from '../graph/attention.ts';
import { CPU_PROFILE, inSingle } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { project, rmsNorm } from '../graph/layers.ts';
import { add, gather, geluTanh, multiply, reshape, transpose } from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { BuildOptions } from './options.ts';
import { withVectors } from './token-vectors.ts';

/** Options of T5's graph. */
export interface T5Options extends BuildOptions {
  /** Length of the prompt in tokens, padding included. */
  readonly tokens: number;
  /**
   * The block whose hidden states are used, counted from the end, 1 for the last. The last if absent or
   * beyond the number of blocks.
   */
  readonly clipSkip?: number;
  /** Whether vectors may replace tokens; see withVectors. */
  readonly takesVectors?: boolean;
}

/** Width of the hidden states. */
export const t5Width = (checkpoint: Checkpoint): number =>
  checkpoint.weights('t5').length('encoder.final_layer_norm.weight');

const POSITION_TABLE = 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight';

/**
 * The encoder of T5 1.1 (Raffel et al. 2020; gated GELU of Shazeer 2020) for one prompt. No token is masked.
 * Input `ids` I64 [tokens]. Output `hidden` [tokens,C]: the states of a block after the final norm.
 */
export function t5EncoderGraph(
  checkpoint: Checkpoint,
  { tokens, profile = CPU_PROFILE, clipSkip = 1, takesVectors }: T5Options,
): NetworkGraph {
  const source = checkpoint.weights('t5');
  // The feed-forward layers exceed the range of half precision.
  const graph = new Graph('t5', inSingle(profile));
  const ids = graph.input('ids', 'I64', [tokens]);
  const s = openWeights(graph, source);
  const width = source.length('encoder.final_layer_norm.weight');
  const vocabulary = source.get('shared.weight').shape[0] ?? 0;
  const heads = source.get(POSITION_TABLE).shape[1] ?? 0;
  const inner = source.get('encoder.block.0.layer.1.DenseReluDense.wo.weight').shape[1] ?? 0;
  const attended = source.get('encoder.block.0.layer.0.SelfAttention.o.weight').shape[1] ?? 0;

  if (attended % heads !== 0)
    throw source.misshapen(POSITION_TABLE, `[${BUCKETS},heads] of heads that share ${attended} channels`);

  const embedded = s.lookUp('shared.weight', [vocabulary, width], ids);
  let x = takesVectors ? withVectors(embedded) : embedded;
  const bias = positionBias(s, tokens, heads);
  const depth = source.count('encoder.block');
  const needed = clipSkip > depth ? depth : depth - clipSkip + 1;
  for (let i = needed; i < depth; i++) s.skip(`encoder.block.${i}`);
  for (let i = 0; i < needed; i++) {
    const block = s.at('encoder.block').at(i);
    x = add(x, selfAttention(block.at('layer.0'), x, { heads, bias, width: attended }));
    x = add(x, perceptron(block.at('layer.1'), x, inner));
  }
  return graph.build({ hidden: rmsNorm(s.at('encoder.final_layer_norm'), x) });
}

interface AttentionSpec {
  readonly heads: number;
  /** Total width of all heads. */
  readonly width: number;
  readonly bias: Tensor;
}

/** Self-attention. T5 does not divide by √d: its initialisation accounts for that. */
function selfAttention(s: Scope, x: Tensor, { heads, width, bias }: AttentionSpec): Tensor {
  const h = rmsNorm(s.at('layer_norm'), x);
  const at = s.at('SelfAttention');
  const [q, k, v] = [
    project(at.at('q'), h, width),
    project(at.at('k'), h, width),
    project(at.at('v'), h, width),
  ];
  return project(at.at('o'), attention(q, k, v, { batch: 1, heads, scale: 1, bias }), x.dim(1));
}

function perceptron(s: Scope, x: Tensor, inner: number): Tensor {
  const h = rmsNorm(s.at('layer_norm'), x);
  const at = s.at('DenseReluDense');
  return project(
    at.at('wo'),
    multiply(geluTanh(project(at.at('wi_0'), h, inner)), project(at.at('wi_1'), h, inner)),
    x.dim(1),
  );
}

/** Relative position bias [1,heads,S,S]. All blocks share the first block's table. */
function positionBias(s: Scope, tokens: number, heads: number): Tensor {
  const { graph } = s;
  const distances = Array.from({ length: 2 * tokens - 1 }, (_, i) => i - (tokens - 1));
  const byDistance = s.lookUp(POSITION_TABLE, [BUCKETS, heads], graph.integers(distances.map(bucketOf)));
  const from = Array.from({ length: tokens }, (_, i) => tokens - 1 - i);
  const to = Array.from({ length: tokens }, (_, i) => i);
  const index = add(graph.integers(from, [tokens, 1]), graph.integers(to, [1, tokens])); // of each distance, [S,S]
  return reshape(transpose(gather(byDistance, index), [2, 0, 1]), [1, heads, tokens, tokens]);
}

const BUCKETS = 32;
const MAX_DISTANCE = 128;

/**
 * The bucket of a distance to a key. Half of the buckets are for keys ahead, half for keys behind. Short
 * distances have a bucket each, longer ones share logarithmic buckets, and all from 128 on share the last.
 */
function bucketOf(distance: number): number {
  const half = BUCKETS / 2;
  const exact = half / 2;
  const ahead = distance > 0 ? half : 0;
  const length = Math.abs(distance);
  if (length < exact) return ahead + length;
  const { fround } = Math;
  const share = fround(fround(Math.log(length / exact)) / fround(Math.log(MAX_DISTANCE / exact)));
  return ahead + Math.min(half - 1, exact + Math.floor(fround(share * (half - exact))));
}
