/** Applies adapters' changes: as a side branch of a layer, or to a weight in every run. */
import { rowWindow, type Rows } from '../checkpoint/rows.ts';
import type { TensorWindow } from '../checkpoint/safetensors.ts';
import type { Delta, Factor, WeightChange } from '../checkpoint/weight-change.ts';
import { sizeOf, type Tensor } from './graph.ts';
import {
  add,
  affine,
  concat,
  convolve,
  divide,
  lengthOver,
  matmul,
  multiply,
  reshape,
  slice,
  subtract,
  transpose,
  type ConvOptions,
} from './ops.ts';
import { widen, widenInRun } from './widen.ts';

type Product = Extract<Delta, { kind: 'product' }>;

/**
 * The rows of `up` that produce the given rows of a weight with `total` rows; null if the change does not
 * affect them, undefined if they are not one contiguous range.
 */
export function branchRows(
  { rows, arrangement }: WeightChange,
  { from, count }: Rows,
  total: number,
): Rows | null | undefined {
  const size = rows?.count ?? total;
  const first = from - (rows?.from ?? 0);
  if (first >= size || first + count <= 0) return null;
  if (first < 0 || first + count > size) return undefined;
  if (arrangement !== 'halves swapped') return { from: first, count };
  const half = size / 2;
  if (first + count <= half) return { from: first + half, count };
  return first >= half ? { from: first - half, count } : undefined;
}

/** y + s·(x·downᵀ)·upᵀ for x [n, in], y [n, out]. */
export function besideLinear(y: Tensor, x: Tensor, change: WeightChange, rows: Rows): Tensor {
  const { up, down } = change.delta as Product;
  const { graph } = x;
  const rank = down.shape[0]!;
  const thin = affine(x, widen(graph.window(down, [rank, x.dim(1)]), x));
  const rise = widen(graph.window(rowWindow(up, rows), [rows.count, rank]), x);
  return affine(thin, rise, y, amountOf(change));
}

/** The same for a convolution of x [B,C,H,W] with a kernel [out,C,k,k] and the same options. */
export function besideConvolution(
  y: Tensor,
  x: Tensor,
  change: WeightChange,
  kernel: readonly number[],
  options: ConvOptions,
): Tensor {
  const { up, down, mid } = change.delta as Product;
  const { graph } = x;
  const weight = (window: TensorWindow, shape: readonly number[]) => widen(graph.window(window, shape), x);
  const rank = down.shape[0]!;
  const [out, channels, ...size] = kernel as [number, number, ...number[]];
  const thin = mid
    ? convolve(
        convolve(x, weight(down, [rank, channels, 1, 1])),
        weight(mid, [rank, rank, ...size]),
        undefined,
        options,
      )
    : convolve(x, weight(down, [rank, channels, ...size]), undefined, options);
  return add(y, convolve(multiply(thin, amountOf(change)), weight(up, [out, rank, 1, 1])));
}

/**
 * A float32 weight after a change. `x` is the value that it is combined with. Nothing of it can be folded at
 * load.
 */
export function changed(weight: Tensor, change: WeightChange, x: Tensor): Tensor {
  const { rows, ...rest } = change;
  const total = weight.dim(0);
  if (rows && rows.count < total) {
    const { from, count } = rows;
    const part = changed(slice(weight, 0, from, from + count), rest, x);
    const before = from > 0 ? [slice(weight, 0, 0, from)] : [];
    const after = from + count < total ? [slice(weight, 0, from + count, total)] : [];
    return concat([...before, part, ...after] as [Tensor, ...Tensor[]], 0);
  }
  if (change.arrangement === 'transposed') {
    const { arrangement: _, ...plain } = change;
    return transpose(changed(transpose(weight, [1, 0]), plain, x), [1, 0]);
  }
  const { delta, strength, scale, magnitude } = change;
  const numbers = (window: TensorWindow, shape: readonly number[] = window.shape) =>
    widenInRun(weight.graph.window(window, shape), 'F32');
  if (delta.kind === 'replacement') return numbers(delta.by, weight.shape);
  const arranged = (tensor: Tensor) => (change.arrangement === 'halves swapped' ? swapped(tensor) : tensor);
  const difference = reshape(deltaOf(delta, weight, numbers), weight.shape);
  if (!magnitude) return add(weight, arranged(multiply(difference, amountOf(change))));
  const own = delta.kind === 'rotation' ? strength * scale : scale;
  const whole = add(weight, arranged(multiply(difference, own)));
  const directed = withLengths(whole, weight, numbers(magnitude));
  return strength === 1 ? directed : add(weight, multiply(subtract(directed, weight), strength));
}

/** The factor of a change. A rotation applies its strength twice, as in ComfyUI. */
const amountOf = ({ delta, strength, scale }: WeightChange): number =>
  Math.fround(strength * scale * (delta.kind === 'rotation' ? strength : 1));

const swapped = (x: Tensor): Tensor => {
  const half = x.dim(0) / 2;
  return concat([slice(x, 0, half, 2 * half), slice(x, 0, 0, half)], 0);
};

/** Reads a window as float32, reshaped. */
type Numbers = (window: TensorWindow, shape?: readonly number[]) => Tensor;

/** The difference that is added to W, with as many elements as W. */
function deltaOf(delta: Exclude<Delta, { kind: 'replacement' }>, weight: Tensor, numbers: Numbers): Tensor {
  const flat = (window: TensorWindow) => numbers(window, flatShape(window.shape));
  switch (delta.kind) {
    case 'product':
      return matmul(flat(delta.up), delta.mid ? widened(delta.mid, delta.down, numbers) : flat(delta.down));
    case 'hadamard': {
      const [left, right] = [delta.left, delta.right].map((factor) => factorOf(factor, numbers));
      return multiply(reshape(left!, weight.shape), reshape(right!, weight.shape));
    }
    case 'kronecker': {
      const left = factorOf(delta.left, numbers, ([a = 1, b = 1]) => [a, 1, b, 1]);
      const right = factorOf(delta.right, numbers, ([c = 1, ...rest]) => [1, c, 1, sizeOf(rest)]);
      return multiply(left, right);
    }
    case 'generalised': {
      const [a1, a2, b1, b2] = [delta.a1, delta.a2, delta.b1, delta.b2].map(flat) as Quartet;
      if (delta.isOld) return add(matmul(matmul(flattened(weight), a2), a1), matmul(b2, b1));
      const byInput = matmul(matmul(inputsLast(weight), a1), a2);
      return add(inputsSecond(byInput, weight.shape), reshape(matmul(b1, b2), weight.shape));
    }
    case 'rotation': {
      const [blocks, size] = delta.shape as [number, number];
      const turn = weight.graph.constant(delta.turn, delta.shape);
      return matmul(turn, reshape(weight, [blocks, size, sizeOf(weight.shape) / (blocks * size)]));
    }
    case 'difference':
      return numbers(delta.by);
  }
}

type Quartet = [Tensor, Tensor, Tensor, Tensor];

const flatShape = ([first = 1, ...rest]: readonly number[]): number[] => [first, sizeOf(rest)];
const flattened = (x: Tensor): Tensor => reshape(x, flatShape(x.shape));

/** down [b,i] through the core mid [a,b,h,w] → [a, i·h·w]. */
function widened(mid: TensorWindow, down: TensorWindow, numbers: Numbers): Tensor {
  const [a, b, h, w] = mid.shape as [number, number, number, number];
  const inputs = sizeOf(down.shape) / b;
  const core = reshape(transpose(numbers(mid), [0, 2, 3, 1]), [a * h * w, b]);
  const product = reshape(matmul(core, numbers(down, [b, inputs])), [a, h, w, inputs]);
  return reshape(transpose(product, [0, 3, 1, 2]), [a, inputs * h * w]);
}

/** The value of a factor, reshaped by `as`. */
function factorOf(
  factor: Factor,
  numbers: Numbers,
  as: (shape: readonly number[]) => readonly number[] = (shape) => shape,
): Tensor {
  if ('whole' in factor) return numbers(factor.whole, as(factor.whole.shape));
  const product = productOf(factor, numbers);
  return reshape(product, as(product.shape));
}

function productOf({ a, b, core }: Exclude<Factor, { whole: unknown }>, numbers: Numbers): Tensor {
  if (!core) return matmul(numbers(a), numbers(b));
  const [i, j, h, w] = core.shape as [number, number, number, number];
  const [p, q] = [a.shape[1]!, b.shape[1]!];
  const outward = matmul(reshape(transpose(numbers(core), [1, 2, 3, 0]), [j * h * w, i]), numbers(a));
  const inward = transpose(reshape(outward, [j, h, w, p]), [3, 1, 2, 0]);
  const both = matmul(reshape(inward, [p * h * w, j]), numbers(b));
  return transpose(reshape(both, [p, h, w, q]), [0, 3, 1, 2]);
}

/** [o,i,…] → [o·…,i]. */
function inputsLast(x: Tensor): Tensor {
  if (x.shape.length === 2) return x;
  const [o, i, ...size] = x.shape as [number, number, ...number[]];
  return reshape(transpose(reshape(x, [o, i, sizeOf(size)]), [0, 2, 1]), [o * sizeOf(size), i]);
}

/** The inverse of inputsLast. */
function inputsSecond(x: Tensor, shape: readonly number[]): Tensor {
  if (shape.length === 2) return x;
  const [o, i, ...size] = shape as [number, number, ...number[]];
  return reshape(transpose(reshape(x, [o, sizeOf(size), i]), [0, 2, 1]), shape);
}

/** float32's machine epsilon, as in PyTorch. */
const EPSILON = 1.1920928955078125e-7;

/**
 * DoRA: rescales the changed weight to the given norms. For norms of rows, the scale is relative to the rows
 * of the original weight; for norms of input columns, to those of the changed weight.
 */
function withLengths(whole: Tensor, weight: Tensor, lengths: Tensor): Tensor {
  const isByRow = lengths.dim(0) === weight.dim(0);
  const axes = weight.shape.map((_, axis) => axis).filter((axis) => axis !== (isByRow ? 0 : 1));
  const before = lengthOver(isByRow ? weight : whole, axes);
  return multiply(whole, divide(reshape(lengths, before.shape), add(before, EPSILON)));
}
