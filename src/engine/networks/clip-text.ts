import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { ClipName } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';
import { attention } from '../graph/attention.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { layerNorm, linear, linears, project } from '../graph/layers.ts';
import { add, argMax, cast, concat, equal, gather, gelu, reshape, sigmoidUnit, slice } from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import { checkedHeads, type BuildOptions } from './options.ts';
import { withVectors } from './token-vectors.ts';

/** Tokens per chunk, start and end included. */
export const CLIP_TOKENS = 77;
const END_OF_TEXT = 49407;

/** The key names of the same network in Hugging Face's or OpenCLIP's spelling. */
interface Dialect {
  readonly tokens: string;
  readonly positions: string;
  readonly layers: string;
  readonly finalNorm: string;
  /** Names within a layer. */
  readonly norm1: string;
  readonly norm2: string;
  readonly up: string;
  readonly down: string;
  readonly out: string;
  /** Q, K and V of x [n, width]. */
  qkv(layer: Scope, x: Tensor): [Tensor, Tensor, Tensor];
}

interface Published {
  readonly layers: number;
  readonly heads: number;
  readonly activate: (x: Tensor) => Tensor;
}

/**
 * Properties of the published networks that shapes do not determine: number of layers and heads, and the
 * activation of the MLP.
 */
const ENCODERS: Readonly<Record<ClipName, Published>> = {
  clip_l: { layers: 12, heads: 12, activate: (x) => sigmoidUnit(x, 1.702) },
  clip_g: { layers: 32, heads: 20, activate: gelu },
  clip_h: { layers: 24, heads: 16, activate: gelu },
};

const HUGGING_FACE: Dialect = {
  tokens: 'embeddings.token_embedding.weight',
  positions: 'embeddings.position_embedding.weight',
  layers: 'encoder.layers',
  finalNorm: 'final_layer_norm',
  norm1: 'layer_norm1',
  norm2: 'layer_norm2',
  up: 'mlp.fc1',
  down: 'mlp.fc2',
  out: 'self_attn.out_proj',
  qkv: (s, x) => {
    const map = (name: string) => linear(s.at(`self_attn.${name}`), x, x.dim(1));
    return [map('q_proj'), map('k_proj'), map('v_proj')];
  },
};

const OPEN_CLIP: Dialect = {
  tokens: 'token_embedding.weight',
  positions: 'positional_embedding',
  layers: 'transformer.resblocks',
  finalNorm: 'ln_final',
  norm1: 'ln_1',
  norm2: 'ln_2',
  up: 'mlp.c_fc',
  down: 'mlp.c_proj',
  out: 'attn.out_proj',
  qkv: (s, x) => {
    const names = { weight: 'in_proj_weight', bias: 'in_proj_bias' };
    return linears(s.at('attn'), x, [x.dim(1), x.dim(1), x.dim(1)], names) as [Tensor, Tensor, Tensor];
  },
};

/** Options of a CLIP text encoder's graph. */
export interface ClipTextOptions extends BuildOptions {
  /** Number of chunks of 77 tokens. */
  readonly batch: number;
  /** Text encoder of the family; `clip_l` if absent. */
  readonly part?: ClipName;
  /**
   * The layer whose hidden states are used, counted from the end, 1 for the last. The family's default if
   * absent or beyond the number of layers.
   */
  readonly clipSkip?: number;
  /** Whether vectors may replace tokens; see withVectors. */
  readonly takesVectors?: boolean;
}

/** Width of the hidden states. */
export const clipWidth = (checkpoint: Checkpoint, part: ClipName): number => {
  const source = checkpoint.weights(part);
  return source.length(`${dialectOf(source).finalNorm}.weight`);
};

const dialectOf = (source: WeightSource): Dialect =>
  source.has(OPEN_CLIP.layers) ? OPEN_CLIP : HUGGING_FACE;

/**
 * CLIP's text transformer (Radford et al. 2021), as the family uses it (see ClipUse). Input `ids` I64 [B,77].
 * Outputs `hidden` [B,77,C], the hidden states of a layer, and `pooled` [B,C], the state at the first
 * end-of-text token.
 */
export function clipTextGraph(
  checkpoint: Checkpoint,
  { batch, part = 'clip_l', profile = CPU_PROFILE, clipSkip, takesVectors }: ClipTextOptions,
): NetworkGraph {
  const graph = new Graph(part, profile);
  const source = checkpoint.weights(part);
  const s = openWeights(graph, source);
  const usual = ENCODERS[part];
  const names = dialectOf(source);
  const stored = source.count(names.layers);
  // SD2 files may lack the last layer, which is not used.
  const depth = stored === usual.layers - 1 ? usual.layers : stored;
  const width = source.length(`${names.finalNorm}.weight`);
  const inner = source.length(`${names.layers}.0.${names.up}.bias`);
  const given = checkpoint.sidecar[part]?.num_attention_heads;
  const { activate } = usual;
  const use = FAMILIES[checkpoint.family].clip[part]!;
  const heads = checkedHeads(width, given ?? usual.heads, `${part}.num_attention_heads`);

  const ids = graph.input('ids', 'I64', [batch, CLIP_TOKENS]);
  const flat = reshape(ids, [batch * CLIP_TOKENS]);
  const vocabulary = source.get(names.tokens).shape[0] ?? 0;
  const embedded = s.lookUp(names.tokens, [vocabulary, width], flat);
  let x = reshape(takesVectors ? withVectors(embedded) : embedded, [batch, CLIP_TOKENS, width]);
  x = add(x, s.weight(names.positions, [CLIP_TOKENS, width], x));
  x = reshape(x, [batch * CLIP_TOKENS, width]);
  const layer = (i: number, h: Tensor) =>
    textLayer(s.at(`${names.layers}.${i}`), h, names, { batch, heads, inner, activate });
  const isOwn = clipSkip === undefined || clipSkip > depth;
  const skip = isOwn ? (use.states === 'last' ? 1 : 2) : clipSkip;
  const needed = use.pooled === 'none' ? depth - skip + 1 : depth;
  let hidden = x;
  for (let i = 0; i < depth; i++) {
    if (i < needed) x = layer(i, x);
    else s.skip(`${names.layers}.${i}`);
    if (i === depth - skip) hidden = x;
  }

  const byChunk = (h: Tensor) => reshape(h, [batch, CLIP_TOKENS, width]);
  const norm = (h: Tensor) => layerNorm(s.at(names.finalNorm), h);
  const normalised = use.normalised || (isOwn && use.states === 'last');
  if (use.pooled === 'none') {
    s.skip('text_projection');
    if (!normalised) s.skip(names.finalNorm);
    return graph.build({ hidden: byChunk(normalised ? norm(hidden) : hidden) });
  }
  const ends = endPositions(ids);
  const [states, state] = normalised ? normTogether(norm, hidden, x, ends) : [hidden, norm(gather(x, ends))];
  return graph.build({
    hidden: byChunk(states),
    pooled: use.pooled === 'projected' ? projected(s, source, state) : state,
  });
}

/**
 * Normalises the hidden states of a layer and the last layer's states at the ends of the chunks with one
 * operator.
 */
function normTogether(
  norm: (h: Tensor) => Tensor,
  hidden: Tensor,
  last: Tensor,
  ends: Tensor,
): [states: Tensor, state: Tensor] {
  if (hidden === last) {
    const states = norm(last);
    return [states, gather(states, ends)];
  }
  const [rows, count] = [hidden.dim(0), ends.dim(0)];
  const together = norm(concat([hidden, gather(last, ends)], 0));
  return [slice(together, 0, 0, rows), slice(together, 0, rows, rows + count)];
}

/** Applies the text projection to x [B,C]: a matrix [in, out] in OpenCLIP's layout, or a linear layer. */
function projected(s: Scope, source: WeightSource, x: Tensor): Tensor {
  if (source.has('text_projection.weight')) {
    return project(s.at('text_projection'), x, source.get('text_projection.weight').shape[0] ?? 0);
  }
  const out = source.get('text_projection').shape[1] ?? 0;
  const matrix = s.weight('text_projection', [x.dim(1), out], x);
  return x.graph.node('Gemm', [x, matrix], [x.dim(0), out]);
}

interface LayerShape {
  readonly batch: number;
  readonly heads: number;
  /** Hidden width of the MLP. */
  readonly inner: number;
  readonly activate: (x: Tensor) => Tensor;
}

/** Causal self-attention, then a two-layer MLP, both pre-norm on the residual stream x [n, width]. */
function textLayer(
  s: Scope,
  x: Tensor,
  names: Dialect,
  { batch, heads, inner, activate }: LayerShape,
): Tensor {
  const width = x.dim(1);
  const [q, k, v] = names.qkv(s, layerNorm(s.at(names.norm1), x));
  x = add(x, linear(s.at(names.out), attention(q, k, v, { batch, heads, causal: true }), width));
  const h = activate(linear(s.at(names.up), layerNorm(s.at(names.norm2), x), inner));
  return add(x, linear(s.at(names.down), h, width));
}

/** Rows of the flattened states [B·77] at the first end-of-text token of each chunk of ids [B,77]. */
function endPositions(ids: Tensor): Tensor {
  const [batch, tokens] = ids.shape as [number, number];
  const first = argMax(cast(equal(ids, END_OF_TEXT), 'F32'));
  return add(first, ids.graph.integers(Array.from({ length: batch }, (_, i) => i * tokens)));
}
