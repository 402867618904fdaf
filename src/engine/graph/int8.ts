/**
 * 8-bit matrix products and convolutions: x ≈ a·(q - z) with uint8 q, W ≈ b·p with int8 p, so that x·W is an
 * integer product times two scales (Jacob et al. 2018). Weights have one scale per output.
 */
import { sizeOf, type Graph, type Tensor } from './graph.ts';
import { concat, expand, gather, reshape, slice, toImage, transpose, type ConvOptions } from './ops.ts';
import { ELEMENT_TYPES, MICROSOFT } from './proto.ts';

/** A weight as int8 [in, out] with one scale per output. */
export interface ByteWeight {
  readonly bytes: Tensor;
  /** [out] */
  readonly scales: Tensor;
}

/** A value quantised to uint8: `scale`·(bytes - zero). */
interface Quantised {
  readonly bytes: Tensor;
  readonly scale: Tensor;
  readonly zero: Tensor;
}

/**
 * Whether a product of x [rows, in] with `out` outputs is computed in 8 bits. A value has a single scale, so
 * that outliers, as in the residual stream and in text states, would cost the other numbers their precision.
 * Only values marked as free of them are quantised.
 */
export function takesBytes(x: Tensor, rows: number, out: number): boolean {
  const { bytes } = x.graph.profile;
  if (!bytes || x.dtype !== 'F32' || rows < bytes.fromRows || !x.graph.isEven(x)) return false;
  return x.dim(1) >= bytes.fromWidth && out >= bytes.fromWidth;
}

/**
 * Elements of a weight that are quantised at a time, if its rows allow it: as many as fit in a core's own
 * cache.
 */
const BAND = 256 * 1024;

/**
 * Splits `count` rows of `width` elements, starting at `from`, into bands that are quantised one after the
 * other.
 */
export function bandsOf({ from, count }: Rows, width: number): Rows[] {
  const rows = Math.max(1, Math.floor(BAND / width));
  return Array.from({ length: Math.ceil(count / rows) }, (_, i) => ({
    from: from + i * rows,
    count: Math.min(rows, count - i * rows),
  }));
}

interface Rows {
  readonly from: number;
  readonly count: number;
}

/**
 * Quantises a float32 weight [out, …], given as one tensor or as bands of its rows. [in] combines all other
 * axes, the channels last.
 */
export function quantiseWeight(...bands: readonly [Tensor, ...Tensor[]]): ByteWeight {
  const [first, ...others] = bands;
  const made = [quantisedRows(first), ...others.map(quantisedRows)] as const;
  const rows = joined(made.map(({ bytes }) => bytes));
  const scales = joined(made.map((band) => band.scales));
  const [out, width] = rows.shape as [number, number];
  const turned = transpose(rows, [1, 0]);
  if (first.shape.length === 2) return { bytes: turned, scales };
  const places = sizeOf(first.shape.slice(2));
  const byPlace = transpose(reshape(turned, [width / places, places, out]), [1, 0, 2]);
  return { bytes: reshape(byPlace, [width, out]), scales };
}

const joined = (parts: readonly Tensor[]): Tensor =>
  parts.length === 1 ? parts[0]! : concat(parts as [Tensor, ...Tensor[]], 0);

/** Rows of a weight as int8 [out, in], and their scales [out]. */
function quantisedRows(weight: Tensor): ByteWeight {
  const { graph } = weight;
  const out = weight.dim(0);
  const rows = reshape(weight, [out, sizeOf(weight.shape) / out]);
  // Maximum and minimum of each row: absolute values would need a second copy of the weight.
  const [most, least] = (['ReduceMax', 'ReduceMin'] as const).map((operator) =>
    graph.node(operator, [rows, graph.integers([1])], [out], { attributes: { keepdims: { i: 0 } } }),
  );
  const turnedOver = graph.node('Neg', [least!], [out]);
  // The scale of an all-zero row must not be 0.
  const safe = graph.node('Max', [most!, turnedOver, graph.constant([1e-30], [1])], [out]);
  const scales = graph.node('Div', [safe, graph.constant([LARGEST], [1])], [out]);
  const zeros = graph.node('Cast', [graph.constant(new Float32Array(out), [out])], [out], {
    dtype: 'I8',
    attributes: { to: { i: ELEMENT_TYPES.I8 } },
  });
  const bytes = graph.node('QuantizeLinear', [rows, scales, zeros], rows.shape, {
    dtype: 'I8',
    attributes: { axis: { i: 0 } },
  });
  return { bytes, scales };
}

/** The largest int8 value. */
const LARGEST = 127;

/** x·W + b for x [n, in] → [n, out]. */
export const affineOfBytes = (x: Tensor, weight: ByteWeight, bias?: Tensor): Tensor =>
  product(quantised(x), weight, bias);

function product({ bytes, scale, zero }: Quantised, weight: ByteWeight, bias?: Tensor): Tensor {
  const inputs = [bytes, weight.bytes, scale, weight.scales, zero] as const;
  return bytes.graph.node(
    'MatMulIntegerToFloat',
    bias ? [...inputs, null, bias] : inputs,
    [bytes.dim(0), weight.bytes.dim(1)],
    { domain: MICROSOFT, dtype: 'F32' },
  );
}

// A value that several layers read is quantised once.
const known = new WeakMap<Tensor, Quantised>();

function quantised(x: Tensor): Quantised {
  const before = known.get(x);
  if (before) return before;
  const [bytes, scale, zero] = x.graph.nodeWithScalars('DynamicQuantizeLinear', [x], x.shape, [
    'U8',
    'F32',
    'U8',
  ]) as [Tensor, Tensor, Tensor];
  const result = { bytes, scale, zero };
  known.set(x, result);
  return result;
}

/**
 * Convolution of x [B,C,H,W] with a square kernel of this size. The weight's inputs are ordered by kernel
 * row, kernel column, channel.
 */
export function convolveBytes(
  x: Tensor,
  weight: ByteWeight,
  bias: Tensor | undefined,
  kernel: number,
  { stride = 1, padding = [0, 0, 0, 0] }: ConvOptions = {},
): Tensor {
  const { graph } = x;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [top, left, bottom, right] = padding;
  const rows = Math.floor((height + top + bottom - kernel) / stride) + 1;
  const columns = Math.floor((width + left + right - kernel) / stride) + 1;
  const out = weight.bytes.dim(1);
  const { bytes, scale, zero } = quantised(x);
  const byPixel = transpose(reshape(bytes, [batch, channels, height * width]), [0, 2, 1]);
  const pixels = reshape(byPixel, [batch * height * width, channels]);
  if (kernel === 1 && stride === 1 && rows === height && columns === width) {
    const made = product({ bytes: pixels, scale, zero }, weight, bias);
    return toImage(made, [batch, out, rows, columns]);
  }
  const all = concat([pixels, expand(reshape(zero, [1, 1]), [1, channels])], 0);
  const move = { kernel, stride, top, left };
  const size = { batch, height, width, rows, columns };
  const perRow = kernel * kernel * channels;
  const { bandBytes } = graph.profile.bytes!;
  const count = batch * rows * columns;
  const bands = Math.ceil((count * perRow) / bandBytes);
  const bound = (i: number) => Math.floor((i * count) / bands);
  const places = sourcesOf(graph, size, move);
  const made = Array.from({ length: bands }, (_, i) => {
    const [from, to] = [bound(i), bound(i + 1)];
    const part = bands === 1 ? places : slice(places, 0, from * kernel * kernel, to * kernel * kernel);
    const seen = reshape(gather(all, part), [to - from, perRow]);
    return product({ bytes: seen, scale, zero }, weight, bias);
  });
  const whole = bands === 1 ? made[0]! : concat(made as [Tensor, ...Tensor[]], 0);
  return toImage(whole, [batch, out, rows, columns]);
}

interface Size {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Rows and columns of the result. */
  readonly rows: number;
  readonly columns: number;
}

interface Move {
  readonly kernel: number;
  readonly stride: number;
  /** Padding above and left. */
  readonly top: number;
  readonly left: number;
}

/**
 * Indices of the input pixels that each output pixel reads. Positions outside the image refer to the row
 * behind the last pixel, which holds zeros.
 */
function sourcesOf(graph: Graph, size: Size, move: Move): Tensor {
  const { batch, height, width, rows, columns } = size;
  const { kernel, stride, top, left } = move;
  return graph.indices(`neighbours ${JSON.stringify([size, move])}`, () => {
    const sources = new Int32Array(batch * rows * columns * kernel * kernel);
    let at = 0;
    for (let n = 0; n < batch; n++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          for (let place = 0; place < kernel * kernel; place++) {
            const y = row * stride + Math.floor(place / kernel) - top;
            const x = column * stride + (place % kernel) - left;
            const isThere = y >= 0 && y < height && x >= 0 && x < width;
            sources[at++] = isThere ? (n * height + y) * width + x : batch * height * width;
          }
    return sources;
  });
}
