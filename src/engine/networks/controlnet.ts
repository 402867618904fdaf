import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d } from '../graph/layers.ts';
import { add, expand, inputOf, mean, multiply, reshape, sigmoidUnit as silu } from '../graph/ops.ts';
import { openWeights } from '../graph/scope.ts';
import type { LatentSize } from './options.ts';
import type { ResidualPlace } from './residual-place.ts';
import { encode, timeVector } from './unet-blocks.ts';
import { readEncoderSpec, type UNetEncoderSpec } from './unet-spec.ts';
import { kindsOf, kindVector, UNION_HINT, withKind, type UnionMode } from './union-control.ts';

/** Pixels of the hint per latent cell, in each direction. */
const CELL = 8;

const HINT = 'input_hint_block';

/**
 * Convolutions of the hint block: key, output channels, stride. The last one, below, has the UNet's channels.
 */
const HINT_LAYERS = [
  { index: 0, channels: 16, stride: 1 },
  { index: 2, channels: 16, stride: 1 },
  { index: 4, channels: 32, stride: 2 },
  { index: 6, channels: 32, stride: 1 },
  { index: 8, channels: 96, stride: 2 },
  { index: 10, channels: 96, stride: 1 },
  { index: 12, channels: 256, stride: 2 },
] as const;
const LAST_HINT_LAYER = 14;

/** Options of a union ControlNet. */
interface UnionOptions {
  /** The kind of its picture; if absent, the network receives none. */
  readonly mode?: UnionMode | undefined;
}

/**
 * The hint encoder of a ControlNet (Zhang et al. 2023), which does not depend on the step. Input `pixels`
 * [B,3,8h,8w] in 0..1, output `hint` [B,C,h,w].
 */
export function hintGraph(
  weights: WeightSource,
  { batch, height, width, mode, profile = CPU_PROFILE }: LatentSize & UnionOptions,
): NetworkGraph {
  const graph = new Graph('ControlNet hint', profile, 'pictures');
  const root = openWeights(graph, weights.only(HINT, ...(mode ? UNION_HINT : [])));
  const s = root.at(HINT);
  let h = inputOf(graph, 'pixels', [batch, 3, CELL * height, CELL * width]);
  for (const { index, channels, stride } of HINT_LAYERS)
    h = silu(conv2d(s.at(index), h, channels, { stride }));
  const hint = conv2d(s.at(LAST_HINT_LAYER), h, weights.length('input_blocks.0.0.bias'));
  return graph.build({ hint: mode ? withKind(root, hint, kindsOf(weights), mode) : hint });
}

/** Options of a ControlNet's graph. */
export interface ControlNetOptions extends LatentSize, UnionOptions {
  /** Length of the context in tokens. */
  readonly tokens: number;
  /** Whether only the mean of each channel over the picture is used. */
  readonly pooled: boolean;
  /** The UNet's number of attention heads for a number of channels. */
  readonly heads: UNetEncoderSpec['heads'];
}

/**
 * A ControlNet without its hint encoder: the UNet's encoder, with the hint added to the output of the first
 * block. Inputs: those of the UNet, where x has the latent's channels only, and `hint` [B,C,h,w] and
 * `strength` [1]. Outputs: the residuals that are added to the UNet, by place.
 */
export function controlNetGraph(
  weights: WeightSource,
  { batch, height, width, tokens, pooled, heads, mode, profile = CPU_PROFILE }: ControlNetOptions,
): NetworkGraph {
  const spec = readEncoderSpec(weights, heads);
  const graph = new Graph('ControlNet', profile);
  const x = inputOf(graph, 'x', [batch, spec.inputChannels, height, width]);
  const timestep = graph.input('timestep', 'F32', [batch]);
  const context = inputOf(graph, 'context', [batch, tokens, spec.contextWidth]);
  const y = spec.vectorWidth === null ? null : inputOf(graph, 'y', [batch, spec.vectorWidth]);
  const hint = inputOf(graph, 'hint', [batch, spec.modelChannels, height, width]);
  const strength = inputOf(graph, 'strength', [1]);
  const s = openWeights(graph, weights.without(HINT, ...UNION_HINT));
  const time = timeVector(s, spec.modelChannels, timestep, y);
  const kinds = kindsOf(weights);
  const inputs = {
    time: silu(kinds > 0 ? kindVector(s, time, kinds, mode) : time),
    context: reshape(context, [batch * tokens, spec.contextWidth]),
  };
  const { skips, middle } = encode(s, spec, x, inputs, (n, h) => (n === 0 ? add(h, hint) : h));
  const residual = (at: string, h: Tensor): Tensor => {
    const given = conv2d(s.at(at), h, h.dim(1), { kernel: 1 });
    const counted = pooled ? expand(mean(given, [2, 3]), given.shape) : given;
    return multiply(counted, strength);
  };
  const residuals: Partial<Record<ResidualPlace, Tensor>> = {};
  skips.forEach((h, n) => (residuals[`skip ${n}`] = residual(`zero_convs.${n}.0`, h)));
  residuals.middle = residual('middle_block_out.0', middle);
  return graph.build(residuals as Record<ResidualPlace, Tensor>);
}

/** The places at which a ControlNet adds residuals. */
export const controlNetPlaces = (weights: WeightSource): ResidualPlace[] => [
  ...Array.from({ length: weights.count('input_blocks') }, (_, n): ResidualPlace => `skip ${n}`),
  'middle',
];
