import type { DeviceProfile } from '../graph/device-profile.ts';
import type { NetworkGraph } from '../graph/graph.ts';

/** A network of a checkpoint and how to build it. */
export interface NetworkSource {
  readonly checkpoint: { readonly path: string };
  /** Identifies the network and the size for which it is built. */
  readonly name: string;
  /** Whether every step evaluates it. On a device it stays resident while others come and go. */
  readonly stays?: boolean;
  /** Whether it is uploaded in every run. It is then loaded again without being built again. */
  readonly passes?: boolean;
  /**
   * Whether it alternates with similar networks in every run. These keep their scratch memory at the same
   * time.
   */
  readonly alternates?: boolean;
  /** Identifies changes by adapters; empty or absent without changes. */
  readonly variant?: string;
  readonly build: (profile: DeviceProfile) => NetworkGraph;
}
