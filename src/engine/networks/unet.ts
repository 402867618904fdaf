import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { FAMILIES } from '../families/index.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d, groupNormSilu } from '../graph/layers.ts';
import { add, concat, inputOf, reshape, resizeNearest, sigmoidUnit as silu } from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import { deepPlace, weightsBelow, type DeepFeature, type DeepPlace } from './deep-feature.ts';
import type { LatentSize } from './options.ts';
import type { ResidualPlace } from './residual-place.ts';
import { down, encode, stage, timeVector, type BlockInputs } from './unet-blocks.ts';
import { readUNetSpec, type UNetSpec } from './unet-spec.ts';

export interface UNetOptions extends LatentSize {
  /** Length of the context in tokens. */
  readonly tokens: number;
  /** Whether a network that reads a guidance scale is given one; it is if absent. */
  readonly isToldGuidance?: boolean;
  /** Places to whose values an input of that name and their shape is added; none if absent. */
  readonly residuals?: ReadonlySet<ResidualPlace>;
  /** Of what an evaluation hands over to later ones, or takes over from an earlier one; absent: nothing. */
  readonly deep?: DeepFeature;
  /** Share of its pixels that are merged for the attention of the finest level that has any (see mergeTokens); absent: every pixel attends. */
  readonly tokenMerging?: number;
}

/**
 * The denoising UNet of SD1.5 and SDXL (Rombach et al. 2022; Podell et al. 2023).
 * Inputs `x` [B,4,h,w] as scaled for the network (with 4 or 5 channels more for instructions or inpainting), `timestep` [B], `context` [B,tokens,C] and, for SDXL, `y` [B,A].
 * Output `out` [B,4,h,w], the raw prediction; `deep` is an output or an input as the option of this name says.
 */
export function unetGraph(
  checkpoint: Checkpoint,
  { batch, height, width, tokens, residuals, deep, tokenMerging, profile = CPU_PROFILE }: UNetOptions,
): NetworkGraph {
  const spec = readUNetSpec(checkpoint);
  const graph = new Graph('unet', profile);
  const x = inputOf(graph, 'x', [batch, spec.inputChannels, height, width]);
  const timestep = graph.input('timestep', 'F32', [batch]);
  const context = inputOf(graph, 'context', [batch, tokens, spec.contextWidth]);
  const y = spec.vectorWidth === null ? null : inputOf(graph, 'y', [batch, spec.vectorWidth]);
  const place = deep && { ...deepPlace(spec, deep.depth), isGiven: deep.use === 'GIVEN' };
  const weights = checkpoint.weights('unet');
  const s = openWeights(graph, place?.isGiven ? weights.without(...weightsBelow(place)) : weights);
  const inputs = {
    time: silu(timeVector(s, spec.modelChannels, timestep, y)),
    context: reshape(context, [batch * tokens, spec.contextWidth]),
    merging:
      tokenMerging === undefined
        ? undefined
        : { pixels: attendingPixels(spec, height, width), share: tokenMerging },
  };
  const plus = (place: ResidualPlace, h: Tensor) =>
    residuals?.has(place) ? add(h, inputOf(graph, place, h.shape)) : h;
  const { channels } = FAMILIES[checkpoint.family].latent;
  const { h, feature } = unet(s, spec, x, inputs, { plus, place });
  const out = conv2d(s.at('out.2'), groupNormSilu(s.at('out.0'), h), channels);
  return graph.build({ out, ...(feature && { deep: feature }) });
}

/** Pixels of the finest level at which they attend to each other. */
function attendingPixels({ levels }: UNetSpec, height: number, width: number): number {
  const level = levels.findIndex(({ down, up }) => [...down, ...up].some((depth) => depth > 0));
  const halved = (side: number) => Math.ceil(side / 2 ** Math.max(0, level));
  return halved(height) * halved(width);
}

/** What an evaluation takes from outside, and gives. */
interface Exchange {
  readonly plus: (place: ResidualPlace, h: Tensor) => Tensor;
  readonly place: (DeepPlace & { readonly isGiven: boolean }) | undefined;
}

/**
 * Down through the levels and the middle; up again, taking back in what every block on the way down gave. Where the feature of a
 * deep place is given, no further down than there; else it is a result, too.
 */
function unet(
  s: Scope,
  spec: UNetSpec,
  x: Tensor,
  inputs: BlockInputs,
  { plus, place }: Exchange,
): { readonly h: Tensor; readonly feature: Tensor | undefined } {
  const behind = (n: number, h: Tensor) => plus(`input ${n}`, h);
  const turn = () => {
    if (!place?.isGiven) {
      const { skips, middle } = encode(s, spec, x, inputs, behind);
      return { skips, h: plus('middle', middle), from: 0 };
    }
    const skips = down(s, spec, x, inputs, behind, place.inputBlocks);
    const [batch, , height, width] = skips.at(-1)!.shape as [number, number, number, number];
    const h = inputOf(x.graph, 'deep', [batch, place.channels, height, width]);
    return { skips, h, from: place.outputBlock };
  };
  const { skips, from, ...lowest } = turn();
  let { h } = lowest;
  let feature: Tensor | undefined;
  let n = -1;
  for (const [level, { channels, up }] of [...spec.levels.entries()].reverse()) {
    for (const [i, depth] of up.entries()) {
      n += 1;
      if (n < from) continue;
      if (n === place?.outputBlock && !place.isGiven) feature = h;
      const at = s.at('output_blocks').at(n);
      const skip = plus(`skip ${skips.length - 1}`, skips.pop()!);
      h = stage(at, concat([h, skip], 1), inputs, { channels, depth, heads: spec.heads(channels) });
      if (level === 0 || i < up.length - 1) continue;
      const { shape } = skips.at(-1)!; // an odd size is met again exactly
      const upsampler = at.at(depth === 0 ? 1 : 2).at('conv');
      h = conv2d(upsampler, resizeNearest(h, shape[2]!, shape[3]!), channels);
    }
  }
  return { h, feature };
}
