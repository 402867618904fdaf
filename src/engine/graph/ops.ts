/** ONNX operators on symbolic tensors: each adds its node and infers the result's shape. No weights here. */
import { sizeOf, type Graph, type Tensor } from './graph.ts';
import { ELEMENT_TYPES, MICROSOFT, type ElementType } from './proto.ts';

type Operand = Tensor | number;

/** a + b, broadcast. */
export const add = (a: Tensor, b: Operand): Tensor => elementwise('Add', a, b);
/** a - b, broadcast. */
export const subtract = (a: Tensor, b: Operand): Tensor => elementwise('Sub', a, b);
/** a · b, broadcast. */
export const multiply = (a: Tensor, b: Operand): Tensor => elementwise('Mul', a, b);
/** a / b, broadcast. */
export const divide = (a: Tensor, b: Operand): Tensor => elementwise('Div', a, b);

/** Whether a = b, broadcast; BOOL. */
export const equal = (a: Tensor, b: Operand): Tensor => elementwise('Equal', a, b, 'BOOL');

/** √x. */
export const squareRoot = (x: Tensor): Tensor => x.graph.node('Sqrt', [x], x.shape);
/** sin x. */
export const sin = (x: Tensor): Tensor => x.graph.node('Sin', [x], x.shape);
/** cos x. */
export const cos = (x: Tensor): Tensor => x.graph.node('Cos', [x], x.shape);

/** x·σ(αx): SiLU for α = 1 (Elfwing et al. 2017), CLIP's QuickGELU for α = 1.702. */
export function sigmoidUnit(x: Tensor, alpha = 1): Tensor {
  return x.graph.node('QuickGelu', [x], x.shape, { domain: MICROSOFT, attributes: { alpha: { f: alpha } } });
}

/** x·Φ(x) with the exact error function (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return x.graph.node('Gelu', [x], x.shape, { domain: MICROSOFT });
}

/** GELU, tanh approximation (Hendrycks & Gimpel 2016). */
export function geluTanh(x: Tensor): Tensor {
  return x.graph.node('FastGelu', [x], x.shape, { domain: MICROSOFT });
}

/** x limited to [low, high]. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const { graph } = x;
  const bounds = [low, high].map((bound) => graph.constant([bound], [], x.dtype));
  return graph.node('Clip', [x, ...bounds], x.shape);
}

/** Adds a float32 input, cast to the graph's compute type. */
export const inputOf = (graph: Graph, name: string, shape: readonly number[]): Tensor =>
  cast(graph.input(name, 'F32', shape), graph.compute);

/** x in another element type. */
export function cast(x: Tensor, dtype: ElementType): Tensor {
  if (x.dtype === dtype) return x;
  return x.graph.node('Cast', [x], x.shape, { dtype, attributes: { to: { i: ELEMENT_TYPES[dtype] } } });
}

/** The same elements with another shape. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new RangeError(`${x.name} [${x.shape.join()}] cannot be reshaped to [${shape.join()}]`);
  }
  if (shape.join() === x.shape.join()) return x;
  return x.graph.node('Reshape', [x, x.graph.integers(shape)], shape);
}

/** Axis i of the result is axis `order[i]` of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const shape = order.map((axis) => x.dim(axis));
  return x.graph.node('Transpose', [x], shape, { attributes: { perm: { ints: order } } });
}

/** Concatenates tensors along an axis. */
export function concat(parts: readonly [Tensor, ...Tensor[]], axis: number): Tensor {
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((total, part) => total + part.dim(axis), 0);
  return parts[0].graph.node('Concat', parts, shape, { attributes: { axis: { i: axis } } });
}

/** Elements [from, to) along an axis. */
export function slice(x: Tensor, axis: number, from: number, to: number): Tensor {
  const { graph } = x;
  const bounds = [from, to, axis].map((value) => graph.integers([value]));
  return graph.node('Slice', [x, ...bounds], x.shape.with(axis, to - from));
}

/** Rows of a table [n, …] at integer indices. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return table.graph.node('Gather', [table, indices], [...indices.shape, ...table.shape.slice(1)]);
}

/** Index of the first maximum along the last axis, as I64. */
export function argMax(x: Tensor): Tensor {
  const attributes = { axis: { i: -1 }, keepdims: { i: 0 } };
  return x.graph.node('ArgMax', [x], x.shape.slice(0, -1), { dtype: 'I64', attributes });
}

/** Matrix product over the last two axes. The leading axes must be equal. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return a.graph.node('MatMul', [a, b], [...a.shape.slice(0, -1), b.dim(-1)]);
}

/** a·bᵀ over the last two axes, without a transpose. The leading axes must be equal. CPU only. */
export function matmulTransposed(a: Tensor, b: Tensor): Tensor {
  return a.graph.node('FusedMatMul', [a, b], [...a.shape.slice(0, -1), b.dim(-2)], {
    domain: MICROSOFT,
    attributes: { transB: { i: 1 } },
  });
}

/** Softmax over the last axis. */
export function softmax(x: Tensor): Tensor {
  return x.graph.node('Softmax', [x], x.shape, { attributes: { axis: { i: -1 } } });
}

/**
 * s·x·Wᵀ + b for x [n, in], W [out, in], b [out] or [n, out]. W is used as the checkpoint stores it, without
 * a transpose.
 */
export function affine(x: Tensor, weight: Tensor, bias?: Tensor, scale = 1): Tensor {
  return x.graph.node('Gemm', bias ? [x, weight, bias] : [x, weight], [x.dim(0), weight.dim(0)], {
    attributes: { transB: { i: 1 }, ...(scale !== 1 && { alpha: { f: scale } }) },
  });
}

/** Stride and padding of a convolution. */
export interface ConvOptions {
  readonly stride?: number;
  /** Zero padding: top, left, bottom, right. */
  readonly padding?: readonly [number, number, number, number];
}

/** Output height and width of a convolution of x [B,C,H,W] with W [out,C,k,k]. */
export function convolvedSize(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding: [top, left, bottom, right] = [0, 0, 0, 0] }: ConvOptions,
): [number, number] {
  const out = (size: number, pad: number, kernel: number) => Math.floor((size + pad - kernel) / stride) + 1;
  return [out(x.dim(2), top + bottom, weight.dim(2)), out(x.dim(3), left + right, weight.dim(3))];
}

/** Convolution of x [B,C,H,W] with W [out,C,k,k] and an optional bias [out]. */
export function convolve(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  { stride = 1, padding = [0, 0, 0, 0] }: ConvOptions = {},
): Tensor {
  const [height, width] = convolvedSize(x, weight, { stride, padding });
  return x.graph.node(
    'Conv',
    bias ? [x, weight, bias] : [x, weight],
    [x.dim(0), weight.dim(0), height, width],
    {
      attributes: {
        kernel_shape: { ints: weight.shape.slice(2) },
        strides: { ints: [stride, stride] },
        pads: { ints: padding },
      },
    },
  );
}

/** Resizes [B,C,H,W] by nearest neighbour, rounding coordinates down. */
export function resizeNearest(x: Tensor, height: number, width: number): Tensor {
  const shape = [x.dim(0), x.dim(1), height, width];
  return x.graph.node('Resize', [x, null, null, x.graph.integers(shape)], shape, {
    attributes: {
      mode: { s: 'nearest' },
      coordinate_transformation_mode: { s: 'asymmetric' },
      nearest_mode: { s: 'floor' },
    },
  });
}

/** Repeats x along axes of length 1 to the given shape. */
export const expand = (x: Tensor, shape: readonly number[]): Tensor =>
  x.graph.node('Expand', [x, x.graph.integers(shape)], shape);

/** The pixels of an image [B,C,H,W] as tokens [B·H·W, C]. */
export function toTokens(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  if (x.graph.profile.fused) return reshape(transpose(x, [0, 2, 3, 1]), [batch * height * width, channels]);
  const byPixel = transpose(reshape(x, [batch, channels, height * width]), [0, 2, 1]);
  return reshape(byPixel, [batch * height * width, channels]);
}

/** The inverse of toTokens; `shape` is the image's. */
export function toImage(x: Tensor, shape: readonly number[]): Tensor {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  if (x.graph.profile.fused) return transpose(reshape(x, [batch, height, width, channels]), [0, 3, 1, 2]);
  const byChannel = transpose(reshape(x, [batch, height * width, channels]), [0, 2, 1]);
  return reshape(byChannel, [batch, channels, height, width]);
}

/** Mean over some axes, which are kept with length 1. */
export function mean(x: Tensor, axes: readonly number[]): Tensor {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.graph.node('ReduceMean', [x, x.graph.integers(axes)], shape);
}

/** L2 norm over some axes, which are kept with length 1. */
export function lengthOver(x: Tensor, axes: readonly number[]): Tensor {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.graph.node('ReduceL2', [x, x.graph.integers(axes)], shape);
}

/** Normalises [B,G,…] to zero mean and unit variance over all axes but the first two; computed in float32. */
export function standardise(x: Tensor, epsilon: number): Tensor {
  const { graph, dtype } = x;
  if (dtype === 'F16') return cast(standardise(cast(x, 'F32'), epsilon), dtype);
  const groups = x.dim(1);
  const scale = graph.constant(new Float32Array(groups).fill(1), [groups]);
  const shift = graph.constant(new Float32Array(groups), [groups]);
  return graph.node('InstanceNormalization', [x, scale, shift], x.shape, {
    attributes: { epsilon: { f: epsilon } },
  });
}

/** Layer normalisation over the last axis (Ba et al. 2016). */
export function normaliseLast(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  return x.graph.node('LayerNormalization', [x, weight, bias], x.shape, {
    attributes: { axis: { i: -1 }, epsilon: { f: epsilon } },
  });
}

/** Layer normalisation over the last axis without weights. */
export function standardiseLast(x: Tensor, epsilon: number): Tensor {
  const width = x.dim(-1);
  const { graph, dtype } = x;
  const one = graph.constant(new Float32Array(width).fill(1), [width], dtype);
  return normaliseLast(x, one, graph.constant(new Float32Array(width), [width], dtype), epsilon);
}

/** RMS normalisation over the last axis (Zhang & Sennrich 2019): no mean is subtracted, no bias added. */
export function normaliseRms(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return x.graph.node('SimplifiedLayerNormalization', [x, weight], x.shape, {
    attributes: { axis: { i: -1 }, epsilon: { f: epsilon } },
  });
}

/** Rotation angles of each channel pair of a head at each token: `cos` and `sin` are [tokens, pairs]. */
export interface Rotation {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/**
 * Rotary position embedding (Su et al. 2021) on x [B, tokens, heads·2·pairs]. Adjacent channels 2i and 2i+1
 * form a pair.
 */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  const heads = x.dim(2) / (2 * cos.dim(1));
  const positions = x.graph.integers([0]); // position of the first token
  return x.graph.node('RotaryEmbedding', [x, positions, cos, sin], x.shape, {
    domain: MICROSOFT,
    attributes: { interleaved: { i: 1 }, num_heads: { i: heads } },
  });
}

function elementwise(op: string, a: Tensor, b: Operand, dtype = a.dtype): Tensor {
  const { graph } = a;
  const right =
    typeof b !== 'number'
      ? b
      : a.dtype === 'I64'
        ? graph.integers([b], [])
        : graph.constant([b], [], a.dtype);
  return graph.node(op, [a, right], broadcast(a.shape, right.shape), { dtype });
}

/** The broadcast shape of an elementwise result; axes are aligned from the last. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const p = a[i - rank + a.length] ?? 1;
    const q = b[i - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1)
      throw new RangeError(`[${a.join()}] and [${b.join()}] do not broadcast`);
    return p === 1 ? q : p;
  });
}
