import { CheckpointError } from '../errors.ts';
import type { DeviceProfile } from '../graph/device-profile.ts';

/** Which device a graph is for; CPU if absent. */
export interface BuildOptions {
  readonly profile?: DeviceProfile;
}

/** How many pictures and how large: height and width count latent cells, of 8×8 pixels each. */
export interface LatentSize extends BuildOptions {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** How many heads attend over `width` channels. Throws CheckpointError naming the sidecar field that would help. */
export function checkedHeads(width: number, heads: number, field: string): number {
  if (width % heads === 0) return heads;
  throw new CheckpointError(
    `${width} channels do not divide into ${heads} attention heads: give the right number as "${field}" in the sidecar`,
  );
}
