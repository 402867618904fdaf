import { CheckpointError } from '../errors.ts';
import type { DeviceProfile } from '../graph/device-profile.ts';

/** The profile of the device that a graph is for; CPU if absent. */
export interface BuildOptions {
  readonly profile?: DeviceProfile;
}

/** Batch size, and height and width in latent cells of 8×8 pixels. */
export interface LatentSize extends BuildOptions {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Returns `heads` if it divides `width`. Throws CheckpointError naming the sidecar field otherwise. */
export function checkedHeads(width: number, heads: number, field: string): number {
  if (width % heads === 0) return heads;
  throw new CheckpointError(
    `${width} channels do not divide into ${heads} attention heads: set "${field}" in the sidecar`,
  );
}
