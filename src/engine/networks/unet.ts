import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { FAMILIES } from '../families/index.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d, groupNormSilu } from '../graph/layers.ts';
import { add, concat, inputOf, reshape, resizeNearest, sigmoidUnit as silu } from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { LatentSize } from './options.ts';
import type { ResidualPlace } from './residual-place.ts';
import { encode, stage, timeVector, type BlockInputs } from './unet-blocks.ts';
import { readUNetSpec, type UNetSpec } from './unet-spec.ts';

export interface UNetOptions extends LatentSize {
  /** Length of the context in tokens. */
  readonly tokens: number;
  /** Places to whose values an input of that name and their shape is added; none if absent. */
  readonly residuals?: ReadonlySet<ResidualPlace>;
}

/**
 * The denoising UNet of SD1.5 and SDXL (Rombach et al. 2022; Podell et al. 2023).
 * Inputs `x` [B,4,h,w] as scaled for the network (of an inpainting network with 5 channels more, see inpaintingChannels), `timestep` [B], `context` [B,tokens,C] and, for SDXL, `y` [B,A].
 * Output `out` [B,4,h,w], the raw prediction.
 */
export function unetGraph(
  checkpoint: Checkpoint,
  { batch, height, width, tokens, residuals, profile = CPU_PROFILE }: UNetOptions,
): NetworkGraph {
  const spec = readUNetSpec(checkpoint);
  const graph = new Graph('unet', profile);
  const x = inputOf(graph, 'x', [batch, spec.inputChannels, height, width]);
  const timestep = graph.input('timestep', 'F32', [batch]);
  const context = inputOf(graph, 'context', [batch, tokens, spec.contextWidth]);
  const y = spec.vectorWidth === null ? null : inputOf(graph, 'y', [batch, spec.vectorWidth]);
  const s = openWeights(graph, checkpoint.weights('unet'));
  const inputs = {
    time: silu(timeVector(s, spec.modelChannels, timestep, y)),
    context: reshape(context, [batch * tokens, spec.contextWidth]),
  };
  const plus = (place: ResidualPlace, h: Tensor) =>
    residuals?.has(place) ? add(h, inputOf(graph, place, h.shape)) : h;
  const { channels } = FAMILIES[checkpoint.family].latent;
  return graph.build({ out: unet(s, spec, x, inputs, channels, plus) });
}

/** Down through the levels and the middle; up again, taking back in what every block on the way down gave. */
function unet(
  s: Scope,
  spec: UNetSpec,
  x: Tensor,
  inputs: BlockInputs,
  outputChannels: number,
  plus: (place: ResidualPlace, h: Tensor) => Tensor,
): Tensor {
  const { skips, middle } = encode(s, spec, x, inputs, (n, h) => plus(`input ${n}`, h));
  let h = plus('middle', middle);
  let n = 0;
  for (const [level, { channels, up }] of [...spec.levels.entries()].reverse()) {
    for (const [i, depth] of up.entries()) {
      const at = s.at('output_blocks').at(n++);
      const skip = plus(`skip ${skips.length - 1}`, skips.pop()!);
      h = stage(at, concat([h, skip], 1), inputs, { channels, depth, heads: spec.heads(channels) });
      if (level === 0 || i < up.length - 1) continue;
      const { shape } = skips.at(-1)!; // an odd size is met again exactly
      const upsampler = at.at(depth === 0 ? 1 : 2).at('conv');
      h = conv2d(upsampler, resizeNearest(h, shape[2]!, shape[3]!), channels);
    }
  }
  return conv2d(s.at('out.2'), groupNormSilu(s.at('out.0'), h), outputChannels);
}
