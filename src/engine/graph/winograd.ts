/**
 * 3×3 convolution with fewer multiplications (Winograd 1980; Lavin & Gray 2016): F(m×m,3×3) computes m×m
 * pixels from a tile of (m+2)×(m+2) with one product per tile element, where a direct convolution needs 9·m².
 */
import type { WinogradTile } from './device-profile.ts';
import type { Graph, Tensor } from './graph.ts';
import {
  add,
  affine,
  concat,
  gather,
  matmul,
  matmulTransposed,
  reshape,
  slice,
  toImage,
  toTokens,
  type ConvOptions,
} from './ops.ts';

/**
 * Matrices of the one-dimensional transform: y = Aᵀ·[(G·g) ⊙ (Bᵀ·d)] for a kernel g of 3 elements and an
 * input d of t = m+2.
 */
interface Transform {
  readonly m: number;
  readonly t: number;
  /** [m,t], row-major. */
  readonly A: readonly number[];
  /** [t,t] */
  readonly B: readonly number[];
  /** [t,3] */
  readonly G: readonly number[];
}

/**
 * Transforms by interpolation points; the last point is infinity (Toom 1963; Cook 1966). The usual points of
 * F4 (0, ±1, ±2) have twice the rounding error.
 */
const TRANSFORMS: Readonly<Record<WinogradTile, Transform>> = {
  F2: cookToom([0, 1, -1]),
  F4: cookToom([0, 5 / 8, -5 / 8, 3 / 2, -3 / 2]),
};

function cookToom(points: readonly number[]): Transform {
  const t = points.length + 1;
  const m = t - 2;
  const isLast = (i: number, count: number) => (i === count - 1 ? 1 : 0);
  const others = (point: number) => points.filter((other) => other !== point);
  /** Coefficients of Π (x - root). */
  const product = (roots: readonly number[]): number[] => {
    const coefficients = roots.reduce(
      (p, root) => [...p, 0].map((_, i) => (p[i - 1] ?? 0) - root * (p[i] ?? 0)),
      [1],
    );
    return Array.from({ length: t }, (_, i) => coefficients[i] ?? 0);
  };
  const powers = (point: number, count: number) => Array.from({ length: count }, (_, i) => point ** i);
  const distance = (point: number) => others(point).reduce((size, other) => size * (point - other), 1);
  return {
    m,
    t,
    A: Array.from({ length: m }, (_, i) => [...points.map((point) => point ** i), isLast(i, m)]).flat(),
    B: [...points.map((point) => product(others(point))), product(points)].flat(),
    G: [...points.flatMap((point) => powers(point, 3).map((power) => power / distance(point))), 0, 0, 1],
  };
}

/** The tile with which a convolution of x [B,C,H,W] is faster on the graph's device, if any. */
export function tileFor(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding }: ConvOptions,
): WinogradTile | 'NONE' {
  const { tile, fromPixels, largestShare } = x.graph.winograd;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [out, , ...size] = weight.shape as [number, ...number[]];
  const keepsSize = stride === 1 && padding?.join() === '1,1,1,1' && size.join() === '3,3';
  if (tile === 'NONE' || x.dtype !== 'F32' || !keepsSize || batch * height * width < fromPixels)
    return 'NONE';
  return shareOf(tile, channels, out) <= largestShare ? tile : 'NONE';
}

/** Number of multiplications, transforms included, relative to a direct convolution. */
function shareOf(tile: WinogradTile, channels: number, out: number): number {
  const { m, t } = TRANSFORMS[tile];
  return (t * t * (channels * out + t * t * channels + m * m * out)) / (9 * m * m * channels * out);
}

/** Zero-padded convolution of x [B,C,H,W] with W [O,C,3,3] and an optional bias [O]. */
export function convolveByTiles(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  tile: WinogradTile,
): Tensor {
  const { m, t } = TRANSFORMS[tile];
  const { bandBytes } = x.graph.winograd;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / m), Math.ceil(width / m)];
  const bytesPerRow = FLOAT_BYTES * t * t * columns * Math.max(channels, weight.dim(0));
  const rowsAtATime = Math.max(Math.floor(bandBytes / bytesPerRow), Math.ceil(rows / MOST_BANDS));
  const kernels = kernelParts(weight, tile, bandBytes);
  // A band holds whole images where they fit.
  const images = ranges(batch, Math.max(1, Math.floor(rowsAtATime / rows))).map(([first, last]) => {
    const some = part(x, 0, first, last);
    const bands = ranges(rows, rowsAtATime).map(([from, to]) => {
      const [top, bottom] = [Math.max(0, from * m - 1), Math.min(height, to * m + 1)];
      return inBand(
        part(some, 2, top, bottom),
        { kernels, bias, tile },
        {
          images: last - first,
          rows: to - from,
          columns,
          lines: bottom - top,
          width,
          isFirst: from === 0,
          made: Math.min(height, to * m) - from * m,
        },
      );
    });
    return joined(bands, 2);
  });
  return joined(images, 0);
}

const FLOAT_BYTES = 4;

/** Maximum number of bands per image: load time grows with the square of the number of nodes. */
const MOST_BANDS = 24;

/** Transforms a kernel [O,C,3,3] to [t²,O,C], in parts along O of at most `bytes`. */
function kernelParts(weight: Tensor, tile: WinogradTile, bytes: number): Tensor[] {
  const { t, G } = TRANSFORMS[tile];
  const [out, channels] = weight.shape as [number, number];
  const inwards = squared(weight.graph, `G ${tile}`, G, [t, 3]);
  const atATime = Math.max(1, Math.floor(bytes / (FLOAT_BYTES * t * t * channels)));
  return ranges(out, atATime).map(([from, to]) => {
    const rows = reshape(part(weight, 0, from, to), [(to - from) * channels, 9]);
    return reshape(affine(inwards, rows), [t * t, to - from, channels]);
  });
}

/** Rows of tiles of some images, and the lines of pixels that they read. */
interface Band {
  readonly images: number;
  readonly rows: number;
  readonly columns: number;
  /** Number and width of the lines of pixels that the tiles read, without padding. */
  readonly lines: number;
  readonly width: number;
  /** Whether the band is at the top of the image, so that the first line of its tiles is padding. */
  readonly isFirst: boolean;
  /** Number of lines of pixels that are computed. */
  readonly made: number;
}

/** What a band is convolved with: the transformed kernel from kernelParts, and the bias. */
interface Kernel {
  readonly kernels: readonly Tensor[];
  readonly bias: Tensor | undefined;
  readonly tile: WinogradTile;
}

/** Convolves the lines [N,C,lines,W] that a band reads → [N,O,made,W]. */
function inBand(x: Tensor, { kernels, bias, tile }: Kernel, band: Band): Tensor {
  const { graph } = x;
  const { m, t, A, B } = TRANSFORMS[tile];
  const count = band.images * band.rows * band.columns;
  const channels = x.dim(1);
  const out = kernels.reduce((sum, kernel) => sum + kernel.dim(1), 0);
  const inwards = squared(graph, `B ${tile}`, B, [t, t]);
  const outwards = squared(graph, `A ${tile}`, A, [m, t]);
  const zeros = graph.numbers(`${channels} zeros`, [1, channels], () => new Float32Array(channels));

  const pixels = concat([toTokens(x), zeros], 0);
  const taken = gather(pixels, indices(graph, sourcesOf, tile, band)); // [t²·count,C]
  const seen = matmul(inwards, reshape(taken, [t * t, count * channels]));
  const byPlace = reshape(seen, [t * t, count, channels]);
  const products = kernels.map((kernel) => matmulTransposed(byPlace, kernel)); // [t²,count,O]
  const made = matmul(outwards, reshape(joined(products, 2), [t * t, count * out])); // [m²,count·O]
  const lines = gather(reshape(made, [m * m * count, out]), indices(graph, placesOf, tile, band));
  return toImage(bias ? add(lines, bias) : lines, [band.images, out, band.made, band.width]);
}

/**
 * Index of the pixel at each of the t² positions of each tile. Positions outside the image refer to the zero
 * row behind the last pixel.
 */
function sourcesOf({ images, rows, columns, lines, width, isFirst }: Band, { m, t }: Transform): Int32Array {
  const sources = new Int32Array(t * t * images * rows * columns);
  let at = 0;
  for (let place = 0; place < t * t; place++)
    for (let n = 0; n < images; n++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const y = row * m + Math.floor(place / t) - (isFirst ? 1 : 0);
          const x = column * m + (place % t) - 1;
          const isThere = y >= 0 && y < lines && x >= 0 && x < width;
          sources[at++] = isThere ? (n * lines + y) * width + x : images * lines * width;
        }
  return sources;
}

/** Index of each pixel among the m² results of the tiles. */
function placesOf({ images, rows, columns, made, width }: Band, { m }: Transform): Int32Array {
  const places = new Int32Array(images * made * width);
  let at = 0;
  for (let n = 0; n < images; n++)
    for (let y = 0; y < made; y++)
      for (let x = 0; x < width; x++) {
        const tile = (n * rows + Math.floor(y / m)) * columns + Math.floor(x / m);
        places[at++] = ((y % m) * m + (x % m)) * images * rows * columns + tile;
      }
  return places;
}

/** Index tables, shared by equal bands: most bands of a picture are. */
const indices = (
  graph: Graph,
  of: (band: Band, transform: Transform) => Int32Array,
  tile: WinogradTile,
  band: Band,
): Tensor =>
  graph.indices(`${of.name} ${tile} ${Object.values(band).join()}`, () => of(band, TRANSFORMS[tile]));

const part = (x: Tensor, axis: number, from: number, to: number): Tensor =>
  to - from === x.dim(axis) ? x : slice(x, axis, from, to);

/** Splits [0, length) into equal parts of at most `most`. */
function ranges(length: number, most: number): [number, number][] {
  const count = Math.ceil(length / most);
  const bound = (i: number) => Math.floor((i * length) / count);
  return Array.from({ length: count }, (_, i) => [bound(i), bound(i + 1)]);
}

const joined = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1 ? parts[0]! : concat(parts as [Tensor, ...Tensor[]], axis);

/** M⊗M as a constant [rows², columns²] of a graph. */
const squared = (
  graph: Graph,
  id: string,
  M: readonly number[],
  [rows, columns]: readonly [number, number],
): Tensor => graph.numbers(id, [rows ** 2, columns ** 2], () => kronecker(M, [rows, columns]));

/** M⊗M of a matrix [rows, columns], row-major. */
function kronecker(M: readonly number[], [rows, columns]: readonly [number, number]): number[] {
  const at = (row: number, column: number) => M[row * columns + column]!;
  return Array.from({ length: (rows * columns) ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / columns ** 2), i % columns ** 2];
    return at(Math.floor(row / rows), Math.floor(column / columns)) * at(row % rows, column % columns);
  });
}
