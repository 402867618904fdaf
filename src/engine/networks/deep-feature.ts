import { inputBlockChannels, type UNetSpec } from './unet-spec.ts';

/**
 * Where a UNet reuses the output of its coarse blocks from an evaluation at another noise level. It changes
 * little between steps (DeepCache, Ma et al. 2023).
 */
export interface DeepFeature {
  /**
   * Index of the last input block that is always computed. As many output blocks are computed as input
   * blocks.
   */
  readonly depth: number;
  /**
   * `KEPT`: everything is computed, and the feature is an output. `GIVEN`: the feature is an input, and
   * deeper blocks are not computed.
   */
  readonly use: 'KEPT' | 'GIVEN';
}

/** The place of a deep feature in a UNet. */
export interface DeepPlace {
  /** Number of input blocks that are always computed. */
  readonly inputBlocks: number;
  /** The first output block that is always computed. It reads the feature. */
  readonly outputBlock: number;
  /** Channels of the feature. */
  readonly channels: number;
}

/**
 * The place of a deep feature at a depth. If the network has no block at this depth, everything but the
 * middle is computed.
 */
export function deepPlace(spec: UNetSpec, depth: number): DeepPlace {
  const blocks = inputBlockChannels(spec).length;
  const inputBlocks = Math.min(depth + 1, blocks);
  const outputBlock = blocks - inputBlocks;
  const upwards = spec.levels.toReversed().flatMap(({ channels, up }) => up.map(() => channels));
  return { inputBlocks, outputBlock, channels: upwards[Math.max(0, outputBlock - 1)]! };
}

/** Paths of the weights that are not needed when the feature is given. */
export function weightsBelow({ inputBlocks, outputBlock }: DeepPlace): string[] {
  const count = inputBlocks + outputBlock;
  return [
    ...Array.from({ length: count - inputBlocks }, (_, i) => `input_blocks.${inputBlocks + i}`),
    'middle_block',
    ...Array.from({ length: outputBlock }, (_, n) => `output_blocks.${n}`),
  ];
}
