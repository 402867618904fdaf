import { attention } from '../graph/attention.ts';
import type { Tensor } from '../graph/graph.ts';
import {
  conv2d,
  geglu,
  groupNorm,
  groupNormSilu,
  layerNorm,
  linear,
  project,
  shiftedNormSilu,
} from '../graph/layers.ts';
import { add, sigmoidUnit as silu, toImage, toTokens } from '../graph/ops.ts';
import type { Scope } from '../graph/scope.ts';
import { mergeTokens, type Merging } from '../graph/token-merging.ts';
import { timestepEmbedding } from './timestep-embedding.ts';
import type { UNetEncoderSpec } from './unet-spec.ts';

/** Inputs that all blocks share. */
export interface BlockInputs {
  /** SiLU of the time vector. */
  readonly time: Tensor;
  /** Text states [B·tokens, C]. */
  readonly context: Tensor;
  /**
   * Merges a share of the tokens for self-attention in transformers over this many pixels; none if absent.
   */
  readonly merging?: { readonly pixels: number; readonly share: number } | undefined;
}

/** A residual block and the transformer that follows it, if any. */
export function stage(
  s: Scope,
  x: Tensor,
  { time, ...inputs }: BlockInputs,
  { channels, depth, heads }: Readonly<Record<'channels' | 'depth' | 'heads', number>>,
): Tensor {
  const h = resBlock(s.at(0), x, time, channels);
  return depth === 0 ? h : spatialTransformer(s.at(1), h, inputs, depth, heads);
}

/**
 * The UNet's encoder and middle block. Returns the output of each input block. `behind` may change the output
 * of input block n.
 */
export function encode(
  s: Scope,
  spec: UNetEncoderSpec,
  x: Tensor,
  inputs: BlockInputs,
  behind?: (n: number, h: Tensor) => Tensor,
): { readonly skips: Tensor[]; readonly middle: Tensor } {
  const skips = down(s, spec, x, inputs, behind);
  const { channels } = spec.levels.at(-1)!;
  const size = { channels, depth: spec.middleDepth, heads: spec.heads(channels) };
  const h = stage(s.at('middle_block'), skips.at(-1)!, inputs, size);
  return { skips, middle: resBlock(s.at('middle_block.2'), h, inputs.time, channels) };
}

/** The UNet's encoder, or only its first `count` blocks. Returns the output of each input block. */
export function down(
  s: Scope,
  spec: UNetEncoderSpec,
  x: Tensor,
  inputs: BlockInputs,
  behind: (n: number, h: Tensor) => Tensor = (_n, h) => h,
  count = Infinity,
): Tensor[] {
  const coarsest = spec.levels.length - 1;
  const blocks = s.at('input_blocks');
  let h = behind(0, conv2d(blocks.at('0.0'), x, spec.modelChannels));
  const skips = [h];
  for (const [level, { channels, down }] of spec.levels.entries()) {
    for (const depth of down) {
      if (skips.length === count) return skips;
      const block = stage(blocks.at(skips.length), h, inputs, {
        channels,
        depth,
        heads: spec.heads(channels),
      });
      h = behind(skips.length, block);
      skips.push(h);
    }
    if (level === coarsest || skips.length === count) return skips;
    h = behind(skips.length, conv2d(blocks.at(skips.length).at('0.op'), h, channels, { stride: 2 }));
    skips.push(h);
  }
  return skips;
}

/**
 * The time vector [B, 4·model channels]: the embedded timestep plus the embedded vector conditioning, if any.
 */
export function timeVector(s: Scope, channels: number, timestep: Tensor, y: Tensor | null): Tensor {
  const perceptron = (at: Scope, x: Tensor) =>
    linear(at.at(2), silu(linear(at.at(0), x, 4 * channels)), 4 * channels);
  const time = perceptron(s.at('time_embed'), timestepEmbedding(timestep, channels));
  return y ? add(time, perceptron(s.at('label_emb.0'), y)) : time;
}

/** Two norm–SiLU–conv stages with the time vector (after SiLU) added between them. */
function resBlock(s: Scope, x: Tensor, time: Tensor, out: number): Tensor {
  let h = conv2d(s.at('in_layers.2'), groupNormSilu(s.at('in_layers.0'), x), out);
  const shift = linear(s.at('emb_layers.1'), time, out);
  h = conv2d(s.at('out_layers.3'), shiftedNormSilu(s.at('out_layers.0'), h, shift), out);
  return add(x.dim(1) === out ? x : conv2d(s.at('skip_connection'), x, out, { kernel: 1 }), h);
}

/** Applies `depth` transformer blocks to the image's pixels as tokens, with a residual connection. */
function spatialTransformer(
  s: Scope,
  x: Tensor,
  { context, merging }: Omit<BlockInputs, 'time'>,
  depth: number,
  heads: number,
): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const places = { batch, height, width };
  const fewer: Fewer =
    merging?.pixels === height * width ? (tokens) => mergeTokens(tokens, places, merging.share) : unmerged;
  let h = linear(s.at('proj_in'), toTokens(groupNorm(s.at('norm'), x, 1e-6)), channels);
  const blocks = s.at('transformer_blocks');
  for (let i = 0; i < depth; i++) h = transformerBlock(blocks.at(i), h, context, { batch, heads, fewer });
  return add(x, toImage(linear(s.at('proj_out'), h, channels), x.shape));
}

type Heads = Readonly<Record<'batch' | 'heads', number>> & { readonly fewer: Fewer };

/** Merges tokens for self-attention. */
type Fewer = (tokens: Tensor) => Merging;
const unmerged: Fewer = () => ({ merge: (tokens) => tokens, unmerge: (tokens) => tokens });

/**
 * Self-attention, cross-attention to the text and gated MLP, all pre-norm on the residual stream x [B·h·w,
 * C].
 */
function transformerBlock(s: Scope, x: Tensor, context: Tensor, { fewer, ...heads }: Heads): Tensor {
  const width = x.dim(1);
  const attend = (at: Scope, from: Tensor, to: Tensor) => {
    const q = project(at.at('to_q'), from, width);
    const k = project(at.at('to_k'), to, width);
    const v = project(at.at('to_v'), to, width);
    return linear(at.at('to_out.0'), attention(q, k, v, heads), width);
  };
  const { merge, unmerge } = fewer(x);
  let h = merge(layerNorm(s.at('norm1'), x));
  x = add(x, unmerge(attend(s.at('attn1'), h, h)));
  h = layerNorm(s.at('norm2'), x);
  x = add(x, attend(s.at('attn2'), h, context));
  h = layerNorm(s.at('norm3'), x);
  return add(x, linear(s.at('ff.net.2'), geglu(s.at('ff.net.0.proj'), h, 4 * width), width));
}
