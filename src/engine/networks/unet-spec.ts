import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';
import type { UNetHeads } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';
import { checkedHeads } from './options.ts';

/** One resolution of the encoder. */
export interface UNetEncoderLevel {
  readonly channels: number;
  /** Depth of the transformer after each residual block of the encoder; 0 for a block without one. */
  readonly down: readonly number[];
}

/** One resolution of the UNet. */
export interface UNetLevel extends UNetEncoderLevel {
  /** The same for the decoder, in order of execution. */
  readonly up: readonly number[];
}

/** The sizes of a UNet's encoder. */
export interface UNetEncoderSpec {
  /** Channels of `x`: the latent's, and the additional ones of some networks. */
  readonly inputChannels: number;
  readonly modelChannels: number;
  /** Highest resolution first. */
  readonly levels: readonly UNetEncoderLevel[];
  readonly middleDepth: number;
  readonly contextWidth: number;
  /** Width of the vector conditioning `y`; null for a network without it. */
  readonly vectorWidth: number | null;
  /** Number of attention heads for a number of channels. */
  heads(channels: number): number;
}

/** The sizes of a UNet. */
export interface UNetSpec extends UNetEncoderSpec {
  readonly levels: readonly UNetLevel[];
}

/**
 * Reads the sizes from the checkpoint's biases and norms, against which all other shapes are checked. The
 * heads are the family's unless the sidecar gives others.
 */
export function readUNetSpec(checkpoint: Checkpoint): UNetSpec {
  const source = checkpoint.weights('unet');
  const heads = headsOf(checkpoint);
  const spec = readEncoderSpec(source, (channels) =>
    'count' in heads
      ? checkedHeads(channels, heads.count, 'unet.num_heads')
      : channels / checkedHeads(channels, heads.width, 'unet.num_head_channels'),
  );
  return { ...spec, levels: withWayUp(source, spec.levels) };
}

function headsOf({ family, sidecar }: Checkpoint): UNetHeads {
  const { num_heads: count = -1, num_head_channels: width = -1 } = sidecar.unet ?? {};
  if (count !== -1) return { count };
  return width === -1 ? FAMILIES[family].heads! : { width };
}

/** Reads the sizes of a UNet's encoder. Its weights do not determine the number of heads. */
export function readEncoderSpec(source: WeightSource, heads: UNetEncoderSpec['heads']): UNetEncoderSpec {
  return {
    inputChannels: inputChannelsOf(source),
    modelChannels: source.length('input_blocks.0.0.bias'),
    levels: readWayDown(source),
    middleDepth: Math.max(1, source.count('middle_block.1.transformer_blocks')),
    contextWidth: readContextWidth(source),
    vectorWidth: source.has('label_emb') ? (source.get('label_emb.0.0.weight').shape[1] ?? null) : null,
    heads,
  };
}

/** Output channels of each input block. A level's blocks and its downsampler have the level's channels. */
export const inputBlockChannels = ({ modelChannels, levels }: UNetEncoderSpec): number[] => [
  modelChannels,
  ...levels.flatMap(({ channels, down }, level) =>
    new Array<number>(down.length + (level < levels.length - 1 ? 1 : 0)).fill(channels),
  ),
];

/** Input channels of a UNet's first convolution. */
export function inputChannelsOf(source: WeightSource): number {
  const stem = 'input_blocks.0.0.weight';
  const { shape } = source.get(stem);
  if (shape.length !== 4) throw source.misshapen(stem, '[channels,input channels,3,3]');
  return shape[1]!;
}

/**
 * Reads the levels of the encoder from its input blocks. Each level but the first starts after a downsampler.
 */
function readWayDown(source: WeightSource): UNetEncoderLevel[] {
  const levels: { channels: number; down: number[] }[] = [{ channels: 0, down: [] }];
  for (let n = 1; n < source.count('input_blocks'); n++) {
    const level = levels.at(-1)!;
    if (source.has(`input_blocks.${n}.0.op`)) levels.push({ channels: 0, down: [] });
    else {
      if (level.down.length === 0) level.channels = source.length(`input_blocks.${n}.0.out_layers.0.weight`);
      level.down.push(source.count(`input_blocks.${n}.1.transformer_blocks`));
    }
  }
  return levels;
}

/** Adds the decoder's levels, which mirror the encoder's with one block more per level. */
function withWayUp(source: WeightSource, levels: readonly UNetEncoderLevel[]): UNetLevel[] {
  let n = source.count('output_blocks');
  return levels.map(({ channels, down }) => {
    const first = (n -= down.length + 1);
    const up = Array.from({ length: down.length + 1 }, (_, i) =>
      source.count(`output_blocks.${first + i}.1.transformer_blocks`),
    );
    return { channels, down, up };
  });
}

function readContextWidth(source: WeightSource): number {
  const key = source.keys().find((key) => key.endsWith('.transformer_blocks.0.attn2.to_k.weight'));
  if (key === undefined) {
    throw new CheckpointError(`${source.spell('…transformer_blocks.0.attn2.to_k.weight')} is missing`);
  }
  const { shape } = source.get(key);
  if (shape.length !== 2) throw source.misshapen(key, '[channels,context width]');
  return shape[1]!;
}
