import type { DeviceProfile, WinogradUse } from '../../src/engine/graph/device-profile.ts';

export const TILES = ['F2', 'F4', 'NONE'] as const satisfies readonly WinogradUse['tile'][];
export type Tiles = (typeof TILES)[number];

/** A profile under which every convolution that can be made by tiles is, however small: golden networks are. */
export function convolvingByTiles(profile: DeviceProfile, tile: Tiles, bandBytes = 2 ** 20): DeviceProfile {
  const everywhere: WinogradUse = { tile, fromPixels: 0, largestShare: Infinity, bandBytes };
  return { ...profile, winograd: { steps: everywhere, pictures: everywhere } };
}
