import type { Shortcuts } from '../engine/index.ts';

/** What an evaluation at each depth computes that takes over a deep feature: of SD1.5's multiplications at 512². */
const AT_DEPTH = [0.08, 0.22, 0.38, 0.44, 0.52, 0.61, 0.69, 0.8, 0.92, 0.95, 0.97, 0.98];

/** What merging all of a picture's tokens would save of an evaluation. */
const MERGING_GAIN = 0.2;

/** What an evaluation of quality FAST takes of an exact one's time, on a CPU with 8-bit dot products. */
const FAST_SHARE = 0.57;

/** The mean work of an evaluation with shortcuts as a share of an exact one; of SD1.5, as no job's model is known here. */
export function shortcutShare({ quality, deepCache, tokenMerging = 0 }: Shortcuts = {}): number {
  const merged = (quality === 'FAST' ? FAST_SHARE : 1) * (1 - MERGING_GAIN * tokenMerging);
  if (!deepCache) return merged;
  const { interval, depth } = deepCache;
  return (merged * (1 + (interval - 1) * (AT_DEPTH[depth] ?? 1))) / interval;
}
