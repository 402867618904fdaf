import { cutPlanes, type Planes } from './planes.ts';

const f32 = Math.fround;

/** Tiles as in ComfyUI: laid out from the top left. The last ones may be shorter. */
export interface TileSize {
  readonly width: number;
  readonly height: number;
  /** Overlap of adjacent tiles. */
  readonly overlap: number;
}

/** Channels and scale of the result. */
export interface TileTarget {
  readonly channels: number;
  /** Enlargement factor of each side; below 1 it shrinks. */
  readonly scale: number;
}

/**
 * Computes a raster tile by tile. Tiles fade towards all of their sides. A raster no larger than a tile is
 * computed as a whole.
 */
export async function mapFeathered(
  from: Planes,
  tile: TileSize,
  { channels, scale }: TileTarget,
  compute: (tile: Planes) => Promise<Float32Array>,
): Promise<Planes> {
  const [height, width] = [from.height, from.width].map((side) => Math.round(side * scale)) as [
    number,
    number,
  ];
  if (from.height <= tile.height && from.width <= tile.width)
    return { channels, height, width, data: await compute(from) };
  const sums = new Float32Array(channels * height * width);
  const weights = new Float32Array(height * width);
  const feather = Math.round(tile.overlap * scale);
  for (const [top, rows] of spans(from.height, tile.height, tile.overlap)) {
    for (const [left, columns] of spans(from.width, tile.width, tile.overlap)) {
      const values = await compute(cutPlanes(from, top, left, rows, columns));
      const [h, w] = [Math.round(rows * scale), Math.round(columns * scale)];
      const [y0, x0] = [Math.round(top * scale), Math.round(left * scale)];
      const [down, across] = [fade(h, feather), fade(w, feather)];
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          const weight = f32(down[y]! * across[x]!);
          const to = (y0 + y) * width + x0 + x;
          weights[to]! += weight;
          for (let c = 0; c < channels; c++)
            sums[c * height * width + to]! += f32(values[(c * h + y) * w + x]! * weight);
        }
      }
    }
  }
  sums.forEach((sum, i) => (sums[i] = sum / weights[i % weights.length]!));
  return { channels, height, width, data: sums };
}

/** Start and length of the tiles along one side. */
function spans(length: number, tile: number, overlap: number): [start: number, length: number][] {
  if (length <= tile) return [[0, length]];
  const starts: number[] = [];
  for (let start = 0; start < length - overlap; start += tile - overlap) starts.push(start);
  return starts.map((start) => [start, Math.min(tile, length - start)]);
}

/** Weights along a side that rise from both ends; constant if the tile is too short. */
function fade(length: number, feather: number): Float32Array {
  const weights = new Float32Array(length).fill(1);
  if (feather >= length) return weights;
  for (let t = 0; t < feather; t++) {
    const weight = f32((t + 1) / feather);
    weights[t]! *= weight;
    weights[length - 1 - t]! *= weight;
  }
  return weights;
}
