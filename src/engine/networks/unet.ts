import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { FAMILIES } from '../families/index.ts';
import { attention } from '../graph/attention.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d, geglu, groupNorm, groupNormSilu, layerNorm, linear, project } from '../graph/layers.ts';
import {
  add,
  concat,
  inputOf,
  reshape,
  resizeNearest,
  sigmoidUnit as silu,
  toImage,
  toTokens,
} from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { LatentSize } from './options.ts';
import { timestepEmbedding } from './timestep-embedding.ts';
import { readUNetSpec, type UNetSpec } from './unet-spec.ts';

export interface UNetOptions extends LatentSize {
  /** Length of the context in tokens. */
  readonly tokens: number;
}

/**
 * The denoising UNet of SD1.5 and SDXL (Rombach et al. 2022; Podell et al. 2023).
 * Inputs `x` [B,4,h,w] as scaled for the network (of an inpainting network with 5 channels more, see inpaintingChannels), `timestep` [B], `context` [B,tokens,C] and, for SDXL, `y` [B,A].
 * Output `out` [B,4,h,w], the raw prediction.
 */
export function unetGraph(
  checkpoint: Checkpoint,
  { batch, height, width, tokens, profile = CPU_PROFILE }: UNetOptions,
): NetworkGraph {
  const spec = readUNetSpec(checkpoint);
  const graph = new Graph('unet', profile);
  const x = inputOf(graph, 'x', [batch, spec.inputChannels, height, width]);
  const timestep = graph.input('timestep', 'F32', [batch]);
  const context = inputOf(graph, 'context', [batch, tokens, spec.contextWidth]);
  const y = spec.vectorWidth === null ? null : inputOf(graph, 'y', [batch, spec.vectorWidth]);
  const s = openWeights(graph, checkpoint.weights('unet'));
  const time = timeVector(s, spec.modelChannels, timestep, y);
  const stream = reshape(context, [batch * tokens, spec.contextWidth]);
  return graph.build({
    out: unet(s, spec, x, silu(time), stream, FAMILIES[checkpoint.family].latent.channels),
  });
}

/** Down through the levels, keeping every result; through the middle; up again, taking them back in. */
function unet(
  s: Scope,
  spec: UNetSpec,
  x: Tensor,
  time: Tensor,
  context: Tensor,
  outputChannels: number,
): Tensor {
  const coarsest = spec.levels.length - 1;
  const stage = (at: Scope, h: Tensor, channels: number, depth: number) => {
    h = resBlock(at.at(0), h, time, channels);
    return depth === 0 ? h : spatialTransformer(at.at(1), h, context, depth, spec.heads(channels));
  };

  let h = conv2d(s.at('input_blocks.0.0'), x, spec.modelChannels);
  const skips = [h];
  spec.levels.forEach(({ channels, down }, level) => {
    for (const depth of down) {
      h = stage(s.at('input_blocks').at(skips.length), h, channels, depth);
      skips.push(h);
    }
    if (level === coarsest) return;
    h = conv2d(s.at('input_blocks').at(skips.length).at('0.op'), h, channels, { stride: 2 });
    skips.push(h);
  });

  const { channels } = spec.levels[coarsest]!;
  h = stage(s.at('middle_block'), h, channels, spec.middleDepth);
  h = resBlock(s.at('middle_block.2'), h, time, channels);

  let n = 0;
  for (const [level, { channels, up }] of [...spec.levels.entries()].reverse()) {
    for (const [i, depth] of up.entries()) {
      const at = s.at('output_blocks').at(n++);
      h = stage(at, concat([h, skips.pop()!], 1), channels, depth);
      if (level === 0 || i < up.length - 1) continue;
      const { shape } = skips.at(-1)!; // an odd size is met again exactly
      const upsampler = at.at(depth === 0 ? 1 : 2).at('conv');
      h = conv2d(upsampler, resizeNearest(h, shape[2]!, shape[3]!), channels);
    }
  }
  return conv2d(s.at('out.2'), groupNormSilu(s.at('out.0'), h), outputChannels);
}

/** The timestep's embedding, and that of the vector conditioning if there is one → [B, 4·model channels]. */
function timeVector(s: Scope, channels: number, timestep: Tensor, y: Tensor | null): Tensor {
  const perceptron = (at: Scope, x: Tensor) =>
    linear(at.at(2), silu(linear(at.at(0), x, 4 * channels)), 4 * channels);
  const time = perceptron(s.at('time_embed'), timestepEmbedding(timestep, channels));
  return y ? add(time, perceptron(s.at('label_emb.0'), y)) : time;
}

/** Two norm–silu–conv stages with the time vector (already through silu) added between them. */
function resBlock(s: Scope, x: Tensor, time: Tensor, out: number): Tensor {
  let h = conv2d(s.at('in_layers.2'), groupNormSilu(s.at('in_layers.0'), x), out);
  h = add(h, reshape(linear(s.at('emb_layers.1'), time, out), [x.dim(0), out, 1, 1]));
  h = conv2d(s.at('out_layers.3'), groupNormSilu(s.at('out_layers.0'), h), out);
  return add(x.dim(1) === out ? x : conv2d(s.at('skip_connection'), x, out, { kernel: 1 }), h);
}

/** The image's pixels as tokens through `depth` transformer blocks, added to the image. */
function spatialTransformer(s: Scope, x: Tensor, context: Tensor, depth: number, heads: number): Tensor {
  const [batch, channels] = x.shape as [number, number];
  let h = linear(s.at('proj_in'), toTokens(groupNorm(s.at('norm'), x, 1e-6)), channels);
  const blocks = s.at('transformer_blocks');
  for (let i = 0; i < depth; i++) h = transformerBlock(blocks.at(i), h, context, { batch, heads });
  return add(x, toImage(linear(s.at('proj_out'), h, channels), x.shape));
}

type Heads = Readonly<Record<'batch' | 'heads', number>>;

/** Self-attention, attention to the text, gated perceptron, each on the normalised stream x [B·h·w, C]. */
function transformerBlock(s: Scope, x: Tensor, context: Tensor, heads: Heads): Tensor {
  const width = x.dim(1);
  const attend = (at: Scope, from: Tensor, to: Tensor) => {
    const q = project(at.at('to_q'), from, width);
    const k = project(at.at('to_k'), to, width);
    const v = project(at.at('to_v'), to, width);
    return linear(at.at('to_out.0'), attention(q, k, v, heads), width);
  };
  let h = layerNorm(s.at('norm1'), x);
  x = add(x, attend(s.at('attn1'), h, h));
  h = layerNorm(s.at('norm2'), x);
  x = add(x, attend(s.at('attn2'), h, context));
  h = layerNorm(s.at('norm3'), x);
  return add(x, linear(s.at('ff.net.2'), geglu(s.at('ff.net.0.proj'), h, 4 * width), width));
}
