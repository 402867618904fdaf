/**
 * A picture or latent in memory, row-major: `planes` is [channels,height,width], `pixels`
 * [height,width,channels].
 */
export interface Raster {
  readonly layout: 'planes' | 'pixels';
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Shape and layout of a raster. */
export type RasterShape = Omit<Raster, 'data'>;

/** A rectangle of a raster. */
export interface Tile {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Tiles of equal size that cover a rectangle. */
export interface Tiling {
  readonly height: number;
  readonly width: number;
  /** Minimum overlap of adjacent tiles. */
  readonly overlap: number;
  readonly tiles: readonly [Tile, ...Tile[]];
}

/**
 * Covers a rectangle with as few tiles as possible for which `fits` holds. Sides are at least twice the
 * overlap. One tile if the whole fits.
 */
export function layTiles(
  whole: Omit<Tiling, 'tiles'>,
  fits: (height: number, width: number) => boolean,
): Tiling {
  const { overlap } = whole;
  const least = 2 * overlap;
  const side = (length: number, count: number) =>
    Math.min(length, Math.max(least, Math.ceil((length + (count - 1) * overlap) / count)));
  for (let rows = 1, columns = 1; ;) {
    const height = side(whole.height, rows);
    const width = side(whole.width, columns);
    if (fits(height, width) || Math.max(height, width) <= least) {
      const lefts = starts(whole.width, width, overlap);
      const tiles = starts(whole.height, height, overlap).flatMap((top) =>
        lefts.map((left): Tile => ({ top, left, height, width })),
      );
      return { ...whole, tiles: tiles as [Tile, ...Tile[]] };
    }
    if (height > width) rows++;
    else columns++;
  }
}

/** Start positions of tiles along one side, evenly spread. */
function starts(length: number, tile: number, overlap: number): number[] {
  const room = length - tile;
  const gaps = room === 0 ? 0 : Math.ceil(room / (tile - overlap));
  return Array.from({ length: gaps + 1 }, (_, i) => (gaps === 0 ? 0 : Math.round((i * room) / gaps)));
}

/**
 * Computes a raster from another one tile by tile. Adjacent tiles are blended over their overlap. Either
 * raster may have several positions per position of the tiling.
 */
export async function mapTiles(
  { tiles, overlap, height }: Tiling,
  from: Raster,
  to: RasterShape,
  compute: (tile: Tile, values: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  if (tiles.length === 1) return compute(tiles[0], from.data);
  const scale = to.height / height;
  const mosaic = new Mosaic(to, overlap * scale);
  for (const tile of tiles) {
    const values = cutTile(from, scaled(tile, from.height / height));
    mosaic.add(scaled(tile, scale), await compute(tile, values));
  }
  return mosaic.finish();
}

const scaled = ({ top, left, height, width }: Tile, scale: number): Tile => ({
  top: top * scale,
  left: left * scale,
  height: height * scale,
  width: width * scale,
});

/** Shrinks a raster by taking the value at the centre of each position, which preserves contrast. */
export function shrink(whole: Raster, height: number, width: number): Raster {
  const small = { ...whole, height, width, data: new Float32Array(whole.channels * height * width) };
  const [from, to] = [indexer(whole), indexer(small)];
  const rows = middles(whole.height, height);
  const columns = middles(whole.width, width);
  forEachValue(small, (c, y, x) => {
    small.data[to(c, y, x)] = whole.data[from(c, rows[y]!, columns[x]!)]!;
  });
  return small;
}

const middles = (from: number, to: number): number[] =>
  Array.from({ length: to }, (_, i) => Math.floor(((i + 0.5) * from) / to));

/** The values of one tile. */
function cutTile(whole: Raster, tile: Tile): Float32Array {
  const { height, width } = tile;
  const values = new Float32Array(whole.channels * height * width);
  const [from, to] = [indexer(whole), indexer({ ...whole, height, width })];
  forEachValue({ ...whole, height, width }, (c, y, x) => {
    values[to(c, y, x)] = whole.data[from(c, tile.top + y, tile.left + x)]!;
  });
  return values;
}

/** A rectangle of a raster that may extend beyond its sides, where it wraps around. */
export function partAcross(whole: Raster, { top, left, height, width }: Tile): Raster {
  const part = { ...whole, height, width, data: new Float32Array(whole.channels * height * width) };
  const [from, to] = [indexer(whole), indexer(part)];
  const around = (at: number, size: number) => ((at % size) + size) % size;
  forEachValue(part, (c, y, x) => {
    part.data[to(c, y, x)] =
      whole.data[from(c, around(top + y, whole.height), around(left + x, whole.width))]!;
  });
  return part;
}

/** Accumulates weighted tiles. */
class Mosaic {
  readonly #shape: RasterShape;
  readonly #overlap: number;
  readonly #sums: Float32Array;
  readonly #weights: Float32Array;

  constructor(shape: RasterShape, overlap: number) {
    const { channels, height, width } = shape;
    this.#shape = shape;
    this.#overlap = overlap;
    this.#sums = new Float32Array(channels * height * width);
    this.#weights = new Float32Array(height * width);
  }

  add({ top, left, height, width }: Tile, values: Float32Array): void {
    const shape = { ...this.#shape, height, width };
    const rows = fade(height, top, this.#shape.height, this.#overlap);
    const columns = fade(width, left, this.#shape.width, this.#overlap);
    const [from, to] = [indexer(shape), indexer(this.#shape)];
    forEachValue(shape, (c, y, x) => {
      const weight = rows[y]! * columns[x]!;
      this.#sums[to(c, top + y, left + x)]! += weight * values[from(c, y, x)]!;
      if (c === 0) this.#weights[(top + y) * this.#shape.width + left + x]! += weight;
    });
  }

  /** Returns the weighted means. No tile may be added afterwards. */
  finish(): Float32Array {
    const at = indexer(this.#shape);
    forEachValue(this.#shape, (c, y, x) => {
      this.#sums[at(c, y, x)]! /= this.#weights[y * this.#shape.width + x]!;
    });
    return this.#sums;
  }
}

/** Weights along one side of a tile: ramps at ends with a neighbour, 1 elsewhere. */
function fade(length: number, start: number, whole: number, overlap: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const fromStart = start === 0 ? overlap : i + 0.5;
    const fromEnd = start + length === whole ? overlap : length - i - 0.5;
    return Math.min(fromStart, fromEnd, overlap) / overlap;
  });
}

function indexer({ layout, channels, height, width }: RasterShape) {
  return layout === 'planes'
    ? (c: number, y: number, x: number) => (c * height + y) * width + x
    : (c: number, y: number, x: number) => (y * width + x) * channels + c;
}

function forEachValue(
  { channels, height, width }: RasterShape,
  visit: (c: number, y: number, x: number) => void,
): void {
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) visit(c, y, x);
}
