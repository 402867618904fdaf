import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';

/** The sizes of a FLUX transformer. */
export interface FluxSpec {
  /** Channels of `x`: the latent's, and the additional ones of FLUX.1-fill. */
  readonly inputChannels: number;
  readonly latentChannels: number;
  /** Channels of both streams. */
  readonly width: number;
  /** Hidden width of the MLPs. */
  readonly inner: number;
  readonly headWidth: number;
  readonly doubleBlocks: number;
  readonly singleBlocks: number;
  /** Channels of a head that encode each axis of a position (index, row, column). */
  readonly axes: readonly number[];
  /** Base of the rotary frequencies. */
  readonly theta: number;
  readonly contextWidth: number;
  readonly vectorWidth: number;
  /** Whether it is guidance-distilled and takes a guidance scale, like FLUX.1-dev. */
  readonly readsGuidance: boolean;
}

/** FLUX's tokens are patches of 2×2 latent cells. */
export const PATCH = 2;

/** Key of a weight whose length is the width of a head. */
export const FLUX_HEAD = 'double_blocks.0.img_attn.norm.query_norm.scale';

/**
 * Reads the sizes from the checkpoint. The channels of each axis are FLUX.1's unless the sidecar gives
 * others.
 */
export function readFluxSpec(checkpoint: Checkpoint): FluxSpec {
  const source = checkpoint.weights('unet');
  const { axes_dim: axes = [16, 56, 56], theta = 10_000 } = checkpoint.sidecar.unet ?? {};
  const headWidth = source.length(FLUX_HEAD);
  if (axes.length !== 3 || axes.some((width) => width % 2 !== 0) || sum(axes) !== headWidth) {
    throw new CheckpointError(
      `${source.spell(FLUX_HEAD)}: heads have ${headWidth} channels, but the axes have [${axes.join()}]: ` +
        `set "unet.axes_dim" in the sidecar to three even widths that sum to ${headWidth}`,
    );
  }
  const columns = (key: string) => source.get(key).shape[1] ?? 0;
  return {
    inputChannels: fluxInputChannels(source),
    latentChannels: source.length('final_layer.linear.bias') / PATCH ** 2,
    width: source.length('img_in.bias'),
    inner: source.length('double_blocks.0.img_mlp.0.bias'),
    headWidth,
    doubleBlocks: source.count('double_blocks'),
    singleBlocks: source.count('single_blocks'),
    axes,
    theta,
    contextWidth: columns('txt_in.weight'),
    vectorWidth: columns('vector_in.in_layer.weight'),
    readsGuidance: readsGuidance(source),
  };
}

/** Input channels of FLUX's first layer, per latent cell. */
export const fluxInputChannels = (source: WeightSource): number =>
  (source.get('img_in.weight').shape[1] ?? 0) / PATCH ** 2;

/** Whether a FLUX transformer takes a guidance scale. */
export const readsGuidance = (source: WeightSource): boolean => source.has('guidance_in');

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
