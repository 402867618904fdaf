import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { FAMILIES } from '../families/index.ts';
import { attention } from '../graph/attention.ts';
import { CPU_PROFILE, inSingle } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { groupStatistics, type GroupStatistics, type StatisticsKind } from '../graph/group-statistics.ts';
import { conv2d, groupNorm, groupNormSilu, linear } from '../graph/layers.ts';
import { add, clip, multiply, resizeNearest, slice, toImage, toTokens, transpose } from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { LatentSize } from './options.ts';

/** Options of a VAE's graphs. */
export interface VaeOptions extends LatentSize {
  /**
   * Only the level at the latent's resolution, or only the finer levels, which take most of the memory. The
   * value between them, `features` [B,C,h,w], is then an input or output. Both in one graph if absent.
   */
  readonly levels?: 'coarse' | 'fine';
  /** Statistics of the group normalisations; `own` if absent. Other kinds require a batch of one. */
  readonly statistics?: StatisticsKind;
  /** Whether decoded pixels outside 0..1 are not clamped, so that overlapping tiles can be averaged. */
  readonly unclamped?: boolean;
}

/** The weights of a VAE. */
export type VaeWeights = Pick<Checkpoint, 'family' | 'weights'>;

/** ε of all norms. */
const EPSILON = 1e-6;

/** One resolution of the encoder or decoder. */
interface Level {
  readonly channels: number;
  readonly blocks: number;
}

/**
 * The VAE's encoder (Esser et al. 2021; Rombach et al. 2022), computed in float32 because SDXL's overflows
 * half precision. Input `pixels` [B,8h,8w,3] in 0..1. Outputs `latent` [B,Z,h,w], the posterior's mean,
 * unscaled, and `moments` [B,2Z,h,w], mean and log variance.
 */
export function vaeEncoderGraph(checkpoint: VaeWeights, options: VaeOptions): NetworkGraph {
  const { batch, height, width, profile = CPU_PROFILE } = options;
  const source = checkpoint.weights('vae').only('encoder', 'quant_conv');
  const levels = readLevels(source, 'encoder.down');
  const last = levels.length - 1;
  const inner = ['mid', 'norm_out', 'conv_out', `down.${last}`].map((name) => `encoder.${name}`);
  const { channels: z, quantConvs } = FAMILIES[checkpoint.family].latent;
  const graph = new Graph('vae_encoder', inSingle(profile), 'pictures');
  const groups = groupStatistics(graph, options.statistics ?? 'own');
  const s = openWeights(graph, partOf(source, options, [...inner, 'quant_conv']));
  const e = s.at('encoder');
  const blocks = (level: number, x: Tensor) => resBlocks(e.at('down').at(level), x, levels[level]!, groups);

  let h: Tensor;
  if (options.levels === 'coarse') {
    h = graph.input('features', 'F32', [batch, levels[last - 1]!.channels, height, width]);
  } else {
    const cell = 2 ** last; // pixels per latent cell, in each direction
    const pixels = graph.input('pixels', 'F32', [batch, cell * height, cell * width, 3]);
    h = add(multiply(transpose(pixels, [0, 3, 1, 2]), 2), -1);
    h = conv2d(e.at('conv_in'), h, source.length('encoder.conv_in.bias'));
    for (let level = 0; level < last; level++) {
      h = blocks(level, h);
      // Padding at the bottom and right only.
      const halving = { stride: 2, padding: [0, 0, 1, 1] } as const;
      h = conv2d(e.at('down').at(level).at('downsample.conv'), h, h.dim(1), halving);
    }
  }
  if (options.levels === 'fine') return graph.build({ features: h, ...groups.results });

  h = middle(e.at('mid'), blocks(last, h), groups);
  h = conv2d(e.at('conv_out'), groupNormSilu(e.at('norm_out'), h, EPSILON, groups), 2 * z);
  if (quantConvs) h = conv2d(s.at('quant_conv'), h, 2 * z, { kernel: 1 });
  return graph.build({ latent: slice(h, 1, 0, z), moments: h, ...groups.results });
}

/** The VAE's decoder. Input `latent` [B,Z,h,w], unscaled. Output `pixels` [B,8h,8w,3], clamped to 0..1. */
export function vaeDecoderGraph(checkpoint: VaeWeights, options: VaeOptions): NetworkGraph {
  const { batch, height, width, profile = CPU_PROFILE } = options;
  const source = checkpoint.weights('vae').only('decoder', 'post_quant_conv');
  const levels = readLevels(source, 'decoder.up');
  const last = levels.length - 1;
  const inner = ['conv_in', 'mid', `up.${last}.block`].map((name) => `decoder.${name}`);
  const { channels: z, quantConvs } = FAMILIES[checkpoint.family].latent;
  const graph = new Graph('vae_decoder', inSingle(profile), 'pictures');
  const groups = groupStatistics(graph, options.statistics ?? 'own');
  const s = openWeights(graph, partOf(source, options, [...inner, 'post_quant_conv']));
  const d = s.at('decoder');
  const blocks = (level: number, x: Tensor) => resBlocks(d.at('up').at(level), x, levels[level]!, groups);

  let h: Tensor;
  if (options.levels === 'fine') {
    h = graph.input('features', 'F32', [batch, levels[last]!.channels, height, width]);
  } else {
    h = graph.input('latent', 'F32', [batch, z, height, width]);
    if (quantConvs) h = conv2d(s.at('post_quant_conv'), h, z, { kernel: 1 });
    h = conv2d(d.at('conv_in'), h, source.length('decoder.conv_in.bias'));
    h = blocks(last, middle(d.at('mid'), h, groups));
  }
  if (options.levels === 'coarse') return graph.build({ features: h, ...groups.results });

  for (let level = last; level > 0; level--) {
    const doubled = resizeNearest(h, 2 * h.dim(2), 2 * h.dim(3));
    h = blocks(level - 1, conv2d(d.at('up').at(level).at('upsample.conv'), doubled, h.dim(1)));
  }
  h = conv2d(d.at('conv_out'), groupNormSilu(d.at('norm_out'), h, EPSILON, groups), 3);
  const open = add(multiply(h, 0.5), 0.5);
  const pixels = transpose(options.unclamped ? open : clip(open, 0, 1), [0, 2, 3, 1]);
  return graph.build({ pixels, ...groups.results });
}

/** The weights of the levels that are built. `coarse` are the paths of the coarse level. */
function partOf(source: WeightSource, { levels }: VaeOptions, coarse: readonly string[]): WeightSource {
  if (levels === undefined) return source;
  return levels === 'coarse' ? source.only(...coarse) : source.without(...coarse);
}

function readLevels(source: WeightSource, path: string): Level[] {
  return Array.from({ length: source.count(path) }, (_, level) => ({
    channels: source.length(`${path}.${level}.block.0.norm2.weight`),
    blocks: source.count(`${path}.${level}.block`),
  }));
}

function resBlocks(s: Scope, x: Tensor, { channels, blocks }: Level, groups: GroupStatistics): Tensor {
  for (let i = 0; i < blocks; i++) x = resBlock(s.at('block').at(i), x, channels, groups);
  return x;
}

function middle(s: Scope, x: Tensor, groups: GroupStatistics): Tensor {
  const channels = x.dim(1);
  x = resBlock(s.at('block_1'), x, channels, groups);
  return resBlock(s.at('block_2'), attend(s.at('attn_1'), x, groups), channels, groups);
}

/** Two norm–SiLU–conv stages with a residual connection. */
function resBlock(s: Scope, x: Tensor, out: number, groups: GroupStatistics): Tensor {
  let h = conv2d(s.at('conv1'), groupNormSilu(s.at('norm1'), x, EPSILON, groups), out);
  h = conv2d(s.at('conv2'), groupNormSilu(s.at('norm2'), h, EPSILON, groups), out);
  return add(x.dim(1) === out ? x : conv2d(s.at('nin_shortcut'), x, out, { kernel: 1 }), h);
}

/** Single-head self-attention over the pixels. */
function attend(s: Scope, x: Tensor, groups: GroupStatistics): Tensor {
  const [batch, channels] = x.shape as [number, number];
  const tokens = toTokens(groupNorm(s.at('norm'), x, EPSILON, groups));
  const project = (name: string) => linear(s.at(name), tokens, channels);
  const heard = attention(project('q'), project('k'), project('v'), { batch, heads: 1 });
  return add(x, toImage(linear(s.at('proj_out'), heard, channels), x.shape));
}
