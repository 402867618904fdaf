import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { conv2d } from '../graph/layers.ts';
import { add, inputOf } from '../graph/ops.ts';
import { halved, pixelUnshuffle, relu } from '../graph/picture-ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import type { LatentSize } from './options.ts';
import type { ResidualPlace } from './residual-place.ts';

/** The sizes of a T2I adapter. */
export interface T2iSpec {
  /** Channels of the hint: 3, or 1 for greyscale. */
  readonly hintChannels: number;
  /** Factor of the pixel unshuffle. */
  readonly unshuffle: number;
  /** Kernel size of `in_conv` and `block2`. */
  readonly kernel: number;
  readonly levels: readonly T2iLevel[];
}

interface T2iLevel {
  readonly channels: number;
  /** Whether it starts with a downsampler. */
  readonly halves: boolean;
  readonly place: ResidualPlace;
}

/** Residual blocks per level. */
const BLOCKS = 2;

/** Adapters by the number of input channels of their first convolution. */
const KINDS: Readonly<Record<number, Omit<T2iSpec, 'kernel' | 'levels'>>> = {
  64: { hintChannels: 1, unshuffle: 8 },
  192: { hintChannels: 3, unshuffle: 8 },
  256: { hintChannels: 1, unshuffle: 16 },
  768: { hintChannels: 3, unshuffle: 16 },
};

/**
 * Levels by unshuffle factor. SDXL's UNet has only two downsamplers: its adapter starts at half the latent's
 * size and ends at the middle block.
 */
const LEVELS: Readonly<Record<number, readonly Omit<T2iLevel, 'channels'>[]>> = {
  8: [
    { halves: false, place: 'input 2' },
    { halves: true, place: 'input 5' },
    { halves: true, place: 'input 8' },
    { halves: true, place: 'input 11' },
  ],
  16: [
    { halves: false, place: 'input 3' },
    { halves: false, place: 'input 5' },
    { halves: true, place: 'input 8' },
    { halves: false, place: 'middle' },
  ],
};

/** Reads the sizes from an adapter's shapes. Throws CheckpointError for other kinds of adapters. */
export function readT2iSpec(weights: WeightSource): T2iSpec {
  const first = 'conv_in.weight';
  const inputs = weights.get(first).shape[1] ?? 0;
  const kind = KINDS[inputs];
  if (!kind) throw weights.misshapen(first, `[channels,${Object.keys(KINDS).join(' or ')},3,3]`);
  const levels = LEVELS[kind.unshuffle]!;
  if (weights.count('body') !== BLOCKS * levels.length) {
    throw new CheckpointError(
      `${weights.spell('body')} has ${weights.count('body')} blocks, expected ${BLOCKS * levels.length}`,
    );
  }
  return {
    ...kind,
    kernel: weights.get('body.0.block2.weight').shape[2] ?? 1,
    levels: levels.map((level, i) => ({
      ...level,
      channels: weights.length(`body.${BLOCKS * i}.block1.bias`),
    })),
  };
}

type Cells = Pick<LatentSize, 'height' | 'width'>;

/** Size in pixels of the hint for a latent. */
export function t2iHintSize({ unshuffle }: T2iSpec, { height, width }: Cells): Cells {
  const up = (cells: number) => Math.ceil((8 * cells) / unshuffle) * unshuffle;
  return { height: up(height), width: up(width) };
}

/** The places at which an adapter adds residuals. */
export const t2iPlaces = ({ levels }: T2iSpec): ResidualPlace[] => levels.map(({ place }) => place);

/**
 * A T2I adapter (Mou et al. 2023), which depends on the hint only, not on the step. Input `hint` [B,C,H,W] in
 * 0..1, of the size that `t2iHintSize` returns. Outputs: the residuals that are added to the UNet, by place.
 */
export function t2iAdapterGraph(
  weights: WeightSource,
  { batch, height, width, profile = CPU_PROFILE }: LatentSize,
): NetworkGraph {
  const spec = readT2iSpec(weights);
  const size = t2iHintSize(spec, { height, width });
  const graph = new Graph('T2I adapter', profile, 'pictures');
  const hint = inputOf(graph, 'hint', [batch, spec.hintChannels, size.height, size.width]);
  const s = openWeights(graph, weights);
  let h = conv2d(s.at('conv_in'), pixelUnshuffle(hint, spec.unshuffle), weights.length('conv_in.bias'));
  const residuals: Partial<Record<ResidualPlace, Tensor>> = {};
  spec.levels.forEach(({ channels, halves, place }, n) => {
    for (let i = 0; i < BLOCKS; i++)
      h = block(s.at('body').at(BLOCKS * n + i), h, { ...spec, channels, halves: halves && i === 0 });
    residuals[place] = h;
  });
  return graph.build(residuals as Record<ResidualPlace, Tensor>);
}

type Block = Pick<T2iLevel, 'channels' | 'halves'> & Pick<T2iSpec, 'kernel'>;

/** A residual block, after optional downsampling and a change of channels. */
function block(s: Scope, x: Tensor, { channels, halves, kernel }: Block): Tensor {
  let h = x;
  if (halves) {
    h = s.has('down_opt') ? conv2d(s.at('down_opt.op'), h, h.dim(1), { stride: 2 }) : halved(h);
  }
  if (s.has('in_conv')) h = conv2d(s.at('in_conv'), h, channels, { kernel });
  const inner = relu(conv2d(s.at('block1'), h, channels));
  return add(conv2d(s.at('block2'), inner, channels, { kernel }), h);
}
