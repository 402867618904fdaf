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

/** Options of a diffusion network's graph. */
export interface DiffusionOptions extends UNetOptions {
  /** The blocks to build, if the graph can be divided; all if absent. */
  readonly blocks?: BlockRange;
}

type BuildDiffusion = (checkpoint: Checkpoint, options: DiffusionOptions) => NetworkGraph;

/** An architecture of diffusion networks. */
export interface DiffusionNetwork {
  /** Graphs that are run in sequence: each reads the outputs of the previous one. */
  readonly graphs: readonly BuildDiffusion[];
  /** All graphs as one, for devices with enough memory; absent if there is only one graph. */
  readonly whole?: BuildDiffusion;
  /** Number of blocks of each graph, between which it can be divided; absent if it cannot. */
  readonly blockCounts?: (source: WeightSource) => readonly number[];
  /** Whether a repeated context gives the same result. Not if the text tokens attend as well. */
  readonly repeatsContext: boolean;
  /** Channels of its input: the latent's and any additional ones. */
  readonly inputChannels: (source: WeightSource) => number;
  /** Whether it takes a guidance scale as an input. */
  readonly readsGuidance: (source: WeightSource) => boolean;
  /** Heads that divide any width, for checking its weights when the sidecar gives none. */
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
    // Three even widths that sum to the head's.
    someHeads: (source) => ({ axes_dim: [source.length(FLUX_HEAD) - 4, 2, 2] }),
  },
};

/** The architecture of a checkpoint's diffusion network. */
export const diffusionNetworkOf = ({ family }: Pick<Checkpoint, 'family'>): DiffusionNetwork =>
  DIFFUSION_NETWORKS[FAMILIES[family].network];
