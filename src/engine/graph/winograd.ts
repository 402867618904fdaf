/**
 * Convolution with kernel 3 by fewer multiplications (Winograd 1980; Lavin & Gray 2016): F(m×m,3×3) makes m×m pixels from
 * (m+2)×(m+2) of them with one product for each of the latter, where a plain convolution takes 9·m².
 */
import type { WinogradTile } from './device-profile.ts';
import type { Tensor } from './graph.ts';
import {
  affine,
  concat,
  gather,
  matmul,
  reshape,
  slice,
  toImage,
  toTokens,
  transpose,
  type ConvOptions,
} from './ops.ts';

/** Matrices of one direction: y = Aᵀ·[(G·g) ⊙ (Bᵀ·d)] for a kernel g of 3 numbers and t = m+2 numbers d. */
interface Transform {
  readonly m: number;
  readonly t: number;
  /** [m,t], row by row. */
  readonly A: readonly number[];
  /** [t,t] */
  readonly B: readonly number[];
  /** [t,3] */
  readonly G: readonly number[];
}

const TRANSFORMS: Readonly<Record<WinogradTile, Transform>> = {
  // prettier-ignore
  F2: {
    m: 2, t: 4,
    A: [1, 1, 1, 0,   0, 1, -1, -1],
    B: [1, 0, -1, 0,   0, 1, 1, 0,   0, -1, 1, 0,   0, 1, 0, -1],
    G: [1, 0, 0,   1 / 2, 1 / 2, 1 / 2,   1 / 2, -1 / 2, 1 / 2,   0, 0, 1],
  },
  // prettier-ignore
  F4: {
    m: 4, t: 6,
    A: [1, 1, 1, 1, 1, 0,   0, 1, -1, 2, -2, 0,   0, 1, 1, 4, 4, 0,   0, 1, -1, 8, -8, 1],
    B: [
      4, 0, -5, 0, 1, 0,   0, -4, -4, 1, 1, 0,   0, 4, -4, -1, 1, 0,
      0, -2, -1, 2, 1, 0,   0, 2, -1, -2, 1, 0,   0, 4, 0, -5, 0, 1,
    ],
    G: [
      1 / 4, 0, 0,   -1 / 6, -1 / 6, -1 / 6,   -1 / 6, 1 / 6, -1 / 6,
      1 / 24, 1 / 12, 1 / 6,   1 / 24, -1 / 12, 1 / 6,   0, 0, 1,
    ],
  },
};

/** The tile with which a convolution of x [B,C,H,W] pays on the graph's device, if any. */
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

/** Share of a plain convolution's multiplications that are left, those of the transforms included. */
function shareOf(tile: WinogradTile, channels: number, out: number): number {
  const { m, t } = TRANSFORMS[tile];
  return (t * t * (channels * out + t * t * channels + m * m * out)) / (9 * m * m * channels * out);
}

/** Convolution of x [B,C,H,W], with zeros around, with W [O,C,3,3]. */
export function convolveByTiles(x: Tensor, weight: Tensor, tile: WinogradTile): Tensor {
  const { graph } = x;
  const { m, t, A, B } = TRANSFORMS[tile];
  const { bandBytes } = graph.winograd;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const out = weight.dim(0);
  const [rows, columns] = [Math.ceil(height / m), Math.ceil(width / m)];
  const inwards = graph.constant(kronecker(B, [t, t]), [t * t, t * t]);
  const outwards = graph.constant(kronecker(A, [m, t]), [m * m, t * t]);
  const zeros = graph.constant(new Float32Array(channels), [1, channels]);
  const pixels = concat([toTokens(x), zeros], 0);
  const kernels = kernelParts(weight, tile, bandBytes);

  const bytesPerRow = FLOAT_BYTES * t * t * columns * Math.max(channels, out);
  const bands = bandsOf(batch, rows, Math.max(1, Math.floor(bandBytes / bytesPerRow)));
  const parts = bands.map((band) => {
    const grid = { height, width, columns, m, t };
    const count = tilesOf(band, columns);
    const taken = gather(pixels, graph.integers(sourcesOf(band, grid, batch * height * width))); // [t²·count,C]
    const seen = reshape(matmul(inwards, reshape(taken, [t * t, count * channels])), [
      t * t,
      count,
      channels,
    ]);
    const products = joined(
      kernels.map((kernel) => matmul(seen, kernel)),
      2,
    ); // [t²,count,O]
    const made = matmul(outwards, reshape(products, [t * t, count * out])); // [m²,count·O]
    return gather(reshape(made, [m * m * count, out]), graph.integers(placesOf(band, grid)));
  });
  return toImage(joined(parts, 0), [batch, out, height, width]);
}

const FLOAT_BYTES = 4;

/** A kernel [O,C,3,3] as [t²,C,O], in parts along O of at most so many bytes. */
function kernelParts(weight: Tensor, tile: WinogradTile, bytes: number): Tensor[] {
  const { graph } = weight;
  const { t, G } = TRANSFORMS[tile];
  const [out, channels] = weight.shape as [number, number];
  const inwards = graph.constant(kronecker(G, [t, 3]), [t * t, 9]);
  const atATime = Math.max(1, Math.floor(bytes / (FLOAT_BYTES * t * t * channels)));
  return ranges(out, atATime).map(([from, to]) => {
    const part = to - from === out ? weight : slice(weight, 0, from, to);
    const transformed = affine(inwards, reshape(part, [(to - from) * channels, 9])); // no transpose of the weight
    return transpose(reshape(transformed, [t * t, to - from, channels]), [0, 2, 1]); // the product reads it in place
  });
}

/** How an image is divided into tiles. */
interface Grid {
  readonly height: number;
  readonly width: number;
  /** Tiles beside each other. */
  readonly columns: number;
  readonly m: number;
  readonly t: number;
}

/** Rows [from, to) of tiles of images [first, last). */
interface Band {
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
}

const tilesOf = ({ first, last, from, to }: Band, columns: number): number =>
  (last - first) * (to - from) * columns;

/** Which pixel each of the t² places of each tile shows; `outside` beyond the image's edges. */
function sourcesOf({ first, last, from, to }: Band, grid: Grid, outside: number): number[] {
  const { height, width, columns, m, t } = grid;
  const sources: number[] = [];
  for (let place = 0; place < t * t; place++)
    for (let n = first; n < last; n++)
      for (let row = from; row < to; row++)
        for (let column = 0; column < columns; column++) {
          const y = row * m + Math.floor(place / t) - 1;
          const x = column * m + (place % t) - 1;
          const isInside = y >= 0 && y < height && x >= 0 && x < width;
          sources.push(isInside ? (n * height + y) * width + x : outside);
        }
  return sources;
}

/** Where each pixel of a band lies among the m² results of its tiles. */
function placesOf(band: Band, { height, width, columns, m }: Grid): number[] {
  const { first, last, from, to } = band;
  const count = tilesOf(band, columns);
  const places: number[] = [];
  for (let n = 0; n < last - first; n++)
    for (let y = from * m; y < Math.min(height, to * m); y++)
      for (let x = 0; x < width; x++) {
        const row = n * (to - from) + Math.floor(y / m) - from;
        places.push(((y % m) * m + (x % m)) * count + row * columns + Math.floor(x / m));
      }
  return places;
}

/** Bands of at most so many rows of tiles: whole images where they fit. */
function bandsOf(batch: number, rows: number, atATime: number): Band[] {
  const images = ranges(batch, Math.max(1, Math.floor(atATime / rows)));
  const heights = ranges(rows, atATime);
  return images.flatMap(([first, last]) => heights.map(([from, to]) => ({ first, last, from, to })));
}

/** [0, length) in equal parts of at most so much. */
function ranges(length: number, most: number): [number, number][] {
  const count = Math.ceil(length / most);
  const bound = (i: number) => Math.floor((i * length) / count);
  return Array.from({ length: count }, (_, i) => [bound(i), bound(i + 1)]);
}

const joined = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1 ? parts[0]! : concat(parts as [Tensor, ...Tensor[]], axis);

/** M⊗M of a matrix [rows, columns], row by row. */
function kronecker(M: readonly number[], [rows, columns]: readonly [number, number]): number[] {
  const at = (row: number, column: number) => M[row * columns + column]!;
  return Array.from({ length: (rows * columns) ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / columns ** 2), i % columns ** 2];
    return at(Math.floor(row / rows), Math.floor(column / columns)) * at(row % rows, column % columns);
  });
}
