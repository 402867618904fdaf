import { generatorOf, type NoiseDevice } from './noise-device.ts';

/** Another seed, and how far the noise of a run's own is turned to its noise, 0..1. */
export interface Variation {
  readonly seed: bigint;
  readonly strength: number;
}

/** Seeds are unsigned 64-bit and wrap. */
const SEEDS = 2n ** 64n;

/** What the noise of a picture is drawn from. */
export interface NoiseSeeds {
  readonly seed: bigint;
  /** Absent: the seed's noise as it is. */
  readonly variation?: Variation;
}

/** The seeds of image `i` of a batch, counted up: those of the variations, where the images are variations of one seed. */
export function seedsOf({ seed, variation }: NoiseSeeds, i: number): NoiseSeeds {
  const counted = (first: bigint) => (first + BigInt(i)) % SEEDS;
  return variation && variation.strength > 0
    ? { seed, variation: { ...variation, seed: counted(variation.seed) } }
    : { seed: counted(seed) };
}

/** Where the mean cosine of two noises is above it, they are mixed along the straight line. */
const PARALLEL = 0.9995;

/**
 * A1111's noise of a varied seed, for a latent [C,H,W]: each column of each channel turns from one noise to the other (Shoemake
 * 1985). Undefined where nothing is varied.
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
        ? [t, 1 - t] // as there: they are as good as equal
        : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
    for (let at = first, row = 0; row < height; row++, at += width) out[at] = a * from[at]! + b * to[at]!;
  }
  return out;
}

/** Of the angle between two columns. */
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
