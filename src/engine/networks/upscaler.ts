import { doublings, type Upscaler } from '../checkpoint/upscaler.ts';
import { CPU_PROFILE, inSingle } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d } from '../graph/layers.ts';
import { add, clip, concat, multiply, resizeNearest } from '../graph/ops.ts';
import { leakyRelu, pixelShuffle, pixelUnshuffle, slopedRelu } from '../graph/picture-ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { BuildOptions } from './options.ts';

/** Size of the source in pixels; multiples of the factor of the pixel unshuffle. */
export interface UpscalerOptions extends BuildOptions {
  readonly height: number;
  readonly width: number;
}

/** Slope of the leaky ReLUs. */
const SLOPE = 0.2;

/** Scale of the residuals. */
const RESIDUAL = 0.2;

/**
 * An upscaler, computed in float32 as in ComfyUI. Input `pixels` [1,3,H,W] in 0..1, output `upscaled`
 * [1,3,scale·H,scale·W], clamped to 0..1.
 */
export function upscalerGraph(upscaler: Upscaler, options: UpscalerOptions): NetworkGraph {
  const { height, width, profile = CPU_PROFILE } = options;
  const graph = new Graph(`upscaler_${upscaler.kind}`, inSingle(profile), 'pictures');
  const pixels = graph.input('pixels', 'F32', [1, 3, height, width]);
  const s = openWeights(graph, upscaler.weights);
  const upscaled = upscaler.kind === 'compact' ? compact(s, pixels, upscaler) : rrdbNet(s, pixels, upscaler);
  return graph.build({ upscaled: clip(upscaled, 0, 1) });
}

/**
 * ESRGAN's network (Wang et al. 2018): a trunk of dense blocks, then an upsampling convolution per doubling.
 */
function rrdbNet(s: Scope, pixels: Tensor, { weights, unshuffle }: Upscaler): Tensor {
  const first = conv2d(
    s.at('conv_first'),
    pixelUnshuffle(pixels, unshuffle),
    weights.length('conv_first.bias'),
  );
  const filters = first.dim(1);
  let h = first;
  for (let i = 0; i < weights.count('body'); i++) h = denseTriple(s.at('body').at(i), h, weights, i);
  h = add(first, conv2d(s.at('conv_body'), h, filters));
  for (let i = 1; i <= doublings(weights); i++) {
    const doubled = resizeNearest(h, 2 * h.dim(2), 2 * h.dim(3));
    h = leakyRelu(conv2d(s.at(`conv_up${i}`), doubled, filters), SLOPE);
  }
  return conv2d(s.at('conv_last'), leakyRelu(conv2d(s.at('conv_hr'), h, filters), SLOPE), 3);
}

/** Three dense blocks with a residual connection. */
function denseTriple(s: Scope, x: Tensor, weights: Upscaler['weights'], block: number): Tensor {
  let h = x;
  for (const name of ['rdb1', 'rdb2', 'rdb3'])
    h = denseBlock(s.at(name), h, weights.length(`body.${block}.${name}.conv1.bias`));
  return add(multiply(h, RESIDUAL), x);
}

/** Five convolutions, each of which reads the outputs of all previous ones (Huang et al. 2017). */
function denseBlock(s: Scope, x: Tensor, growth: number): Tensor {
  let seen = x;
  for (const name of ['conv1', 'conv2', 'conv3', 'conv4'])
    seen = concat([seen, leakyRelu(conv2d(s.at(name), seen, growth), SLOPE)], 1);
  return add(multiply(conv2d(s.at('conv5'), seen, x.dim(1)), RESIDUAL), x);
}

/**
 * Real-ESRGAN's compact network (Wang et al. 2021): convolutions at the source's resolution, whose result is
 * added to the source enlarged by nearest neighbour.
 */
function compact(s: Scope, pixels: Tensor, { weights, scale }: Upscaler): Tensor {
  const layers = s.at('body');
  const last = weights.count('body') - 1;
  let h = pixels;
  for (let i = 0; i < last; i += 2) {
    h = conv2d(layers.at(i), h, weights.length(`body.${i}.bias`));
    h = slopedRelu(h, layers.at(i + 1).weight('weight', [h.dim(1)], h, [h.dim(1), 1, 1]));
  }
  h = pixelShuffle(conv2d(layers.at(last), h, 3 * scale ** 2), scale);
  return add(h, resizeNearest(pixels, h.dim(2), h.dim(3)));
}
