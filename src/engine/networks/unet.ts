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

/** Options of a UNet's graph. */
export interface UNetOptions extends LatentSize {
  /** Length of the context in tokens. */
  readonly tokens: number;
  /** Whether a guidance-distilled network receives a guidance scale; true if absent. */
  readonly hasGuidance?: boolean;
  /** Places at which a residual is added, from an input with the place's name and shape; none if absent. */
  readonly residuals?: ReadonlySet<ResidualPlace>;
  /** The feature that is passed between evaluations; none if absent. */
  readonly deep?: DeepFeature;
  /**
   * Share of the tokens that are merged for self-attention at the highest resolution that has attention (see
   * mergeTokens); none if absent.
   */
  readonly tokenMerging?: number;
}

/**
 * The denoising UNet of SD1.5 and SDXL (Rombach et al. 2022; Podell et al. 2023). Inputs: `x` [B,4,h,w],
 * scaled for the network (4 or 5 channels more for instructions or inpainting), `timestep` [B], `context`
 * [B,tokens,C] and, for SDXL, `y` [B,A]. Output: `out` [B,4,h,w], the raw prediction. `deep` is an output or
 * input, according to the option of this name.
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

/** Number of pixels at the highest resolution that has attention. */
function attendingPixels({ levels }: UNetSpec, height: number, width: number): number {
  const level = levels.findIndex(({ down, up }) => [...down, ...up].some((depth) => depth > 0));
  const halved = (side: number) => Math.ceil(side / 2 ** Math.max(0, level));
  return halved(height) * halved(width);
}

/** Connections of an evaluation with controls and other evaluations. */
interface Exchange {
  readonly plus: (place: ResidualPlace, h: Tensor) => Tensor;
  readonly place: (DeepPlace & { readonly isGiven: boolean }) | undefined;
}

/**
 * Encoder, middle block and decoder with skip connections. If the deep feature is given, only the blocks
 * above its place are computed; otherwise it is returned as well.
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
      const { shape } = skips.at(-1)!; // the exact size, which may be odd
      const upsampler = at.at(depth === 0 ? 1 : 2).at('conv');
      h = conv2d(upsampler, resizeNearest(h, shape[2]!, shape[3]!), channels);
    }
  }
  return { h, feature };
}
