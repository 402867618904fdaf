import { generatorOf, type NoiseDevice } from './noise-device.ts';

/** A second seed, and how far the noise is interpolated towards its noise, 0..1. */
export interface Variation {
  readonly seed: bigint;
  readonly strength: number;
}

/** Seeds are unsigned 64-bit and wrap around. */
const SEEDS = 2n ** 64n;

/** The seeds of a picture's noise. */
export interface NoiseSeeds {
  readonly seed: bigint;
  /** Absent if the noise is not varied. */
  readonly variation?: Variation;
}

/**
 * The seeds of image `i` of a batch: the seed is incremented, or the variation's seed if there is a
 * variation.
 */
export function seedsOf({ seed, variation }: NoiseSeeds, i: number): NoiseSeeds {
  const counted = (first: bigint) => (first + BigInt(i)) % SEEDS;
  return variation && variation.strength > 0
    ? { seed, variation: { ...variation, seed: counted(variation.seed) } }
    : { seed: counted(seed) };
}

/** Mean cosine of two noises above which they are interpolated linearly. */
const PARALLEL = 0.9995;

/**
 * A1111's variation noise for a latent [C,H,W]: spherical interpolation (Shoemake 1985) of each column of
 * each channel. Undefined if there is no variation.
 */
export function variedNoise(
  { seed, variation }: NoiseSeeds,
  [channels, height, width]: readonly [number, number, number],
  device: NoiseDevice = 'CPU',
): Float32Array | undefined {
  if (!variation || variation.strength === 0) return undefined;
  const t = variation.strength;
  const [from, to] = [seed, variation.seed].map((one) =>
    generatorOf(device, one).normal(channels * height * width),
  ) as [Float32Array, Float32Array];
  const columns = Array.from({ length: channels * width }, (_, i) => {
    const first = Math.floor(i / width) * height * width + (i % width);
    return { first, cosine: cosine(from, to, { first, stride: width, count: height }) };
  });
  const mean = columns.reduce((sum, column) => sum + column.cosine, 0) / columns.length;
  const out = new Float32Array(from.length);
  for (const { first, cosine } of columns) {
    const angle = Math.acos(cosine);
    const [a, b] =
      mean > PARALLEL
        ? [t, 1 - t] // as in A1111, which swaps the weights here
        : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
    for (let at = first, row = 0; row < height; row++, at += width) out[at] = a * from[at]! + b * to[at]!;
  }
  return out;
}

/** Cosine of the angle between two columns. */
function cosine(
  x: Float32Array,
  y: Float32Array,
  { first, stride, count }: Readonly<Record<'first' | 'stride' | 'count', number>>,
): number {
  let [xx, yy, xy] = [0, 0, 0];
  for (let at = first, row = 0; row < count; row++, at += stride) {
    xx += x[at]! ** 2;
    yy += y[at]! ** 2;
    xy += x[at]! * y[at]!;
  }
  return xy / Math.sqrt(xx * yy);
}
