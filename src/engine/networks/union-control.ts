import type { WeightSource } from '../checkpoint/weight-source.ts';
import { attention } from '../graph/attention.ts';
import type { Tensor } from '../graph/graph.ts';
import { layerNorm, linear, linears } from '../graph/layers.ts';
import { add, mean, reshape, sigmoidUnit } from '../graph/ops.ts';
import type { Scope } from '../graph/scope.ts';
import { embedNumbers } from './timestep-embedding.ts';

/**
 * Kinds of pictures that a union ControlNet accepts, in the order of its embeddings. Older files have the
 * first six.
 */
export const UNION_MODES = [
  'OPENPOSE',
  'DEPTH',
  'SOFT_EDGE',
  'LINE',
  'NORMAL',
  'SEGMENT',
  'TILE',
  'REPAINT',
] as const;
/** One of UNION_MODES. */
export type UnionMode = (typeof UNION_MODES)[number];

const TASKS = 'task_embedding';
const LAYERS = 'transformer_layes'; // as the files spell it
const PROJECTION = 'spatial_ch_projs';
const KINDS = 'control_add_embedding';

/** Key paths of the weights that combine the hint with its kind. They are not used if no kind is given. */
export const UNION_HINT = [TASKS, LAYERS, PROJECTION];

const HEADS = 8;
/** Width of the embedding of each kind's flag. */
const KIND_WIDTH = 256;

/** Number of kinds that a ControlNet accepts; 0 for ordinary ones. */
export const kindsOf = (weights: WeightSource): number =>
  weights.has(TASKS) ? (weights.get(TASKS).shape[0] ?? 0) : 0;

/**
 * Adds the kind to the hint [B,C,h,w] (ControlNet++, xinsir 2024): the hint's mean and the kind's embedding
 * form a token, whose output of a transformer is added to every position. There is one hint and thus one
 * token.
 */
export function withKind(s: Scope, hint: Tensor, kinds: number, mode: UnionMode): Tensor {
  const { graph } = hint;
  const [batch, width] = hint.shape as [number, number];
  const token = reshape(mean(hint, [2, 3]), [batch, width]);
  const task = s.lookUp(TASKS, [kinds, width], graph.integers([UNION_MODES.indexOf(mode)]));
  let x = add(token, task);
  for (let i = 0; s.has(`${LAYERS}.${i}`); i++) x = layer(s.at(LAYERS).at(i), x, batch);
  return add(hint, reshape(linear(s.at(PROJECTION), x, width), [batch, width, 1, 1]));
}

/** Self-attention among the hints of a picture and an MLP, both pre-norm on the residual stream x [B,C]. */
function layer(s: Scope, x: Tensor, batch: number): Tensor {
  const width = x.dim(1);
  const names = { weight: 'in_proj_weight', bias: 'in_proj_bias' };
  const [q, k, v] = linears(s.at('attn'), layerNorm(s.at('ln_1'), x), [width, width, width], names);
  x = add(x, linear(s.at('attn.out_proj'), attention(q!, k!, v!, { batch, heads: HEADS }), width));
  const h = sigmoidUnit(linear(s.at('mlp.c_fc'), layerNorm(s.at('ln_2'), x), 4 * width), 1.702);
  return add(x, linear(s.at('mlp.c_proj'), h, width));
}

/** Adds the embedded flags of the hint's kind to the time vector [B,T]. */
export function kindVector(s: Scope, time: Tensor, kinds: number, mode: UnionMode | undefined): Tensor {
  const { graph } = time;
  const isOf = UNION_MODES.slice(0, kinds).map((kind) => (kind === mode ? 1 : 0));
  const embedded = embedNumbers(isOf, KIND_WIDTH);
  const x = graph.constant(embedded, [1, embedded.length], graph.compute);
  const width = time.dim(1);
  const at = s.at(KINDS);
  return add(time, linear(at.at('linear_2'), sigmoidUnit(linear(at.at('linear_1'), x, width)), width));
}
