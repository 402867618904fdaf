import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Sidecar } from '../checkpoint/sidecar.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { NetworkName } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';
import type { NetworkGraph } from '../graph/graph.ts';
import { FLUX_HEAD, fluxInputChannels, readsGuidance } from './flux-spec.ts';
import { FLUX_GRAPHS, fluxBlockCounts, fluxGraph, type BlockRange } from './flux.ts';
import { inputChannelsOf } from './unet-spec.ts';
import { unetGraph, type UNetOptions } from './unet.ts';

/** For what a part of a diffusion network is built. */
export interface DiffusionOptions extends UNetOptions {
  /** Of a graph that can be divided, the blocks that are built; all of them if absent. */
  readonly blocks?: BlockRange;
}

type BuildDiffusion = (checkpoint: Checkpoint, options: DiffusionOptions) => NetworkGraph;

/** An architecture of diffusion networks. */
export interface DiffusionNetwork {
  /** Run one after the other: each reads what the one before gives. */
  readonly graphs: readonly BuildDiffusion[];
  /** All of them in one, for a device that has room for it; absent: there is only one. */
  readonly whole?: BuildDiffusion;
  /** Blocks of each graph between which it can be divided; absent: it cannot. */
  readonly blockCounts?: (source: WeightSource) => readonly number[];
  /** Whether attention does not notice when a context is repeated. It does where the text's tokens attend, too. */
  readonly repeatsContext: boolean;
  /** Channels of its input: the latent's, and those that it reads beside them. */
  readonly inputChannels: (source: WeightSource) => number;
  /** Whether it reads a guidance scale. */
  readonly readsGuidance: (source: WeightSource) => boolean;
  /** Heads that divide any width, for a check of its weights where the sidecar gives none. */
  readonly someHeads: (source: WeightSource) => NonNullable<Sidecar['unet']>;
}

const DIFFUSION_NETWORKS: Readonly<Record<NetworkName, DiffusionNetwork>> = {
  unet: {
    graphs: [unetGraph],
    repeatsContext: true,
    inputChannels: inputChannelsOf,
    readsGuidance: () => false,
    someHeads: () => ({ num_heads: 1 }),
  },
  flux: {
    graphs: FLUX_GRAPHS,
    whole: fluxGraph,
    blockCounts: fluxBlockCounts,
    repeatsContext: false,
    inputChannels: fluxInputChannels,
    readsGuidance,
    // Three even widths that fill a head.
    someHeads: (source) => ({ axes_dim: [source.length(FLUX_HEAD) - 4, 2, 2] }),
  },
};

/** The architecture of a checkpoint's diffusion network. */
export const diffusionNetworkOf = ({ family }: Pick<Checkpoint, 'family'>): DiffusionNetwork =>
  DIFFUSION_NETWORKS[FAMILIES[family].network];
