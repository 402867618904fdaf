import { inputBlockChannels, type UNetSpec } from './unet-spec.ts';

/**
 * Where a UNet can take over what its coarse blocks gave at another noise level: it changes little from one to the next (DeepCache,
 * Ma et al. 2023).
 */
export interface DeepFeature {
  /** The last input block that is computed in any case, and with it as many output blocks as input blocks; from 0. */
  readonly depth: number;
  /** `KEPT`: everything is computed, and the feature is an output. `GIVEN`: it is an input, and no block below is computed. */
  readonly use: 'KEPT' | 'GIVEN';
}

/** The blocks of a UNet at which a deep feature is taken. */
export interface DeepPlace {
  /** Input blocks that are computed in any case. */
  readonly inputBlocks: number;
  /** The first output block that is: it reads the feature. */
  readonly outputBlock: number;
  /** Of the feature. */
  readonly channels: number;
}

/** Of a network that has no block at this depth, all but the middle is computed. */
export function deepPlace(spec: UNetSpec, depth: number): DeepPlace {
  const blocks = inputBlockChannels(spec).length;
  const inputBlocks = Math.min(depth + 1, blocks);
  const outputBlock = blocks - inputBlocks;
  const upwards = spec.levels.toReversed().flatMap(({ channels, up }) => up.map(() => channels));
  return { inputBlocks, outputBlock, channels: upwards[Math.max(0, outputBlock - 1)]! };
}

/** Paths of the weights that a network does without when the feature is given. */
export function weightsBelow({ inputBlocks, outputBlock }: DeepPlace): string[] {
  const count = inputBlocks + outputBlock;
  return [
    ...Array.from({ length: count - inputBlocks }, (_, i) => `input_blocks.${inputBlocks + i}`),
    'middle_block',
    ...Array.from({ length: outputBlock }, (_, n) => `output_blocks.${n}`),
  ];
}
