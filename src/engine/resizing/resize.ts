import { bislerpColumns } from './bislerp.ts';
import { places } from './places.ts';
import { cutPlanes, transposed, type Planes } from './planes.ts';

const f32 = Math.fround;

/** Methods of resizing latents (ComfyUI names). */
export const LATENT_METHODS = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp'] as const;
/** One of LATENT_METHODS. */
export type LatentMethod = (typeof LATENT_METHODS)[number];

/** Resizes planes. Interpolating methods do not antialias, as in PyTorch. */
export function resizePlanes(planes: Planes, width: number, height: number, method: LatentMethod): Planes {
  const across = COLUMNS[method];
  return transposed(across(transposed(across(planes, width)), height));
}

type ResizeColumns = (planes: Planes, width: number) => Planes;

const COLUMNS: Readonly<Record<LatentMethod, ResizeColumns>> = {
  'nearest-exact': weighted((from, to) =>
    Array.from({ length: to }, (_, i) => {
      const at = Math.floor(f32((i + 0.5) * f32(from / to)));
      return [{ at: Math.min(at, from - 1), weight: 1 }];
    }),
  ),
  bilinear: weighted((from, to) =>
    places(from, to).map(({ low, high, fraction }) => [
      { at: low, weight: f32(1 - fraction) },
      { at: high, weight: fraction },
    ]),
  ),
  area: weighted((from, to) =>
    Array.from({ length: to }, (_, i) => {
      const start = Math.floor((i * from) / to);
      const count = Math.ceil(((i + 1) * from) / to) - start;
      return Array.from({ length: count }, (__, k) => ({ at: start + k, weight: 1 / count }));
    }),
  ),
  bicubic: weighted((from, to) =>
    Array.from({ length: to }, (_, i) => {
      const source = f32(f32(from / to) * (i + 0.5) - 0.5);
      const low = Math.floor(source);
      return cubicWeights(f32(source - low)).map((weight, k) => ({
        at: Math.min(Math.max(low - 1 + k, 0), from - 1),
        weight,
      }));
    }),
  ),
  bislerp: bislerpColumns,
};

/** A source position and its weight. */
interface Tap {
  readonly at: number;
  readonly weight: number;
}

/** Computes each column as a weighted sum of source columns. */
function weighted(tapsOf: (from: number, to: number) => readonly (readonly Tap[])[]): ResizeColumns {
  return (planes, width) => {
    const taps = tapsOf(planes.width, width);
    const rows = planes.channels * planes.height;
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const start = row * planes.width;
      taps.forEach((column, x) => {
        let sum = 0;
        for (const { at, weight } of column) sum += planes.data[start + at]! * weight;
        data[row * width + x] = sum;
      });
    }
    return { ...planes, width, data };
  };
}

/**
 * Weights of the four samples around a position (Keys 1981, a = -0.75). t is the distance from the second
 * one.
 */
function cubicWeights(t: number): [number, number, number, number] {
  const a = -0.75;
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** Crops around the centre to the aspect ratio of another size. The margins are integers. */
export function cropToAspect(planes: Planes, width: number, height: number): Planes {
  const [found, wanted] = [planes.width / planes.height, width / height];
  const left = found > wanted ? roundEven((planes.width - planes.width * (wanted / found)) / 2) : 0;
  const top = found < wanted ? roundEven((planes.height - planes.height * (found / wanted)) / 2) : 0;
  return cutPlanes(planes, top, left, planes.height - 2 * top, planes.width - 2 * left);
}

/** Rounds to the nearest integer, ties to even, as in Python. */
export function roundEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
