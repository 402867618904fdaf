import { firstLayer } from '../checkpoint/tiny-decoder.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CPU_PROFILE, inSingle } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d, convolution } from '../graph/layers.ts';
import { add, clip, multiply, resizeNearest, transpose } from '../graph/ops.ts';
import { averagePool, relu, tanh } from '../graph/picture-ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { LatentSize } from './options.ts';

/** Blocks per resolution. */
const BLOCKS = 3;
const LEVELS = 3;

/** Options of a tiny decoder's graph. */
export interface TinyDecoderOptions extends LatentSize {
  /** Whether pixels outside 0..1 are not clamped. */
  readonly unclamped?: boolean;
  /** Factor by which the picture is shrunk by averaging; 1 if absent. */
  readonly shrink?: number;
}

/**
 * The decoder of a tiny autoencoder (TAESD, Bohan 2023), computed in float32. Input `latent` [B,Z,h,w] in
 * model space. Output `pixels` [B,8h,8w,3], clamped to 0..1.
 */
export function tinyDecoderGraph(source: WeightSource, options: TinyDecoderOptions): NetworkGraph {
  const { batch, height, width, unclamped = false, shrink = 1, profile = CPU_PROFILE } = options;
  const graph = new Graph('tiny_decoder', inSingle(profile), 'pictures');
  const first = firstLayer(source);
  const [filters = 0, channels = 0] = source.get(`${first}.weight`).shape;
  const latent = graph.input('latent', 'F32', [batch, channels, height, width]);
  const s = openWeights(graph, source);
  let h = multiply(tanh(multiply(latent, 1 / 3)), 3);
  h = relu(conv2d(s.at(first), h, filters));
  let layer = first + 2;
  for (let level = 0; level < LEVELS; level++) {
    for (let i = 0; i < BLOCKS; i++) h = block(s.at(layer++), h);
    const doubled = resizeNearest(h, 2 * h.dim(2), 2 * h.dim(3));
    h = convolution(s.at(++layer), doubled, filters);
    layer++;
  }
  h = block(s.at(layer), h);
  const open = conv2d(s.at(layer + 1), h, 3);
  const picture = averagePool(unclamped ? open : clip(open, 0, 1), shrink);
  return graph.build({ pixels: transpose(picture, [0, 2, 3, 1]) });
}

/** The encoder. Input `pixels` [B,3,8h,8w] in 0..1; output `latent` [B,Z,h,w] in model space. */
export function tinyEncoderGraph(source: WeightSource, options: LatentSize): NetworkGraph {
  const { batch, height, width, profile = CPU_PROFILE } = options;
  const graph = new Graph('tiny_encoder', inSingle(profile), 'pictures');
  const filters = source.length('0.bias');
  const s = openWeights(graph, source);
  let h: Tensor = graph.input('pixels', 'F32', [batch, 3, 8 * height, 8 * width]);
  h = block(s.at(1), conv2d(s.at(0), h, filters));
  let layer = 2;
  for (let level = 0; level < LEVELS; level++) {
    h = convolution(s.at(layer++), h, filters, { stride: 2 });
    for (let i = 0; i < BLOCKS; i++) h = block(s.at(layer++), h);
  }
  return graph.build({ latent: conv2d(s.at(layer), h, source.length(`${layer}.bias`)) });
}

/** Three convolutions with a residual connection. */
function block(s: Scope, x: Tensor): Tensor {
  const conv = s.at('conv');
  const width = x.dim(1);
  const h = conv2d(conv.at(2), relu(conv2d(conv.at(0), x, width)), width);
  return relu(add(conv2d(conv.at(4), relu(h), width), x));
}
