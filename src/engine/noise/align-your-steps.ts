/**
 * Optimal noise levels for ten steps of three networks, from Sabour et al. 2024, "Align your steps". The last
 * level of each is not used: the final step goes to 0.
 */
export const ALIGNED_LEVELS = {
  SD1: [
    14.6146412293, 6.4745760956, 3.8636745985, 2.694615152, 1.8841921177, 1.3943805092, 0.9642583904,
    0.6523686016, 0.3977456272, 0.1515232662, 0.0291671582,
  ],
  SDXL: [
    14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141, 0.5550693289,
    0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582,
  ],
  SVD: [700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002],
} as const satisfies Record<string, readonly number[]>;

/** Interpolates `steps` levels along a curve, log-linearly between its points, without the last. */
export function alignedLevels(levels: readonly number[], steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const place = (i / steps) * (levels.length - 1);
    const low = Math.floor(place);
    const share = place - low;
    return levels[low]! ** (1 - share) * levels[low + 1]! ** share;
  });
}
