import { rowWindow, type Rows } from '../checkpoint/rows.ts';
import type { TensorWindow } from '../checkpoint/safetensors.ts';
import { isBranch, type WeightChange } from '../checkpoint/weight-change.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { ComputeType } from './device-profile.ts';
import { sizeOf, type Graph, type Tensor } from './graph.ts';
import { bandsOf, quantiseWeight, type ByteWeight } from './int8.ts';
import { Ledger, rowsOf } from './ledger.ts';
import { cast, concat, gather, multiply, reshape, slice, type ConvOptions } from './ops.ts';
import { besideConvolution, besideLinear, branchRows, changed } from './weight-changes.ts';
import { computeTypeOf, widen, widenInRun } from './widen.ts';

/**
 * Opens the root scope of a network's weights. Building the graph throws CheckpointError unless all weights
 * were used exactly once.
 */
export function openWeights(graph: Graph, source: WeightSource): Scope {
  const ledger = new Ledger(source);
  graph.beforeBuild(() => {
    ledger.close();
  });
  return new Scope(graph, ledger, '');
}

/** The weight of a linear layer or convolution, and the side branches of adapters. */
export interface WeightMap {
  readonly weight: Tensor;
  /** Adds the side branches to the layer's output. */
  readonly beside: (y: Tensor) => Tensor;
}

/** The same for an 8-bit weight. */
export interface ByteMap {
  readonly weight: ByteWeight;
  readonly beside: WeightMap['beside'];
}

/** Key of the scale of an 8-bit `weight`, in older and in newer files. */
const SCALES = ['scale_weight', 'weight_scale'];

/**
 * A position in the tree of weights: an immutable key prefix, so that networks name keys as the checkpoint
 * spells them.
 */
export class Scope {
  readonly graph: Graph;
  readonly #ledger: Ledger;
  readonly #prefix: string;

  constructor(graph: Graph, ledger: Ledger, prefix: string) {
    this.graph = graph;
    this.#ledger = ledger;
    this.#prefix = prefix;
  }

  /** The scope `name` below this one. */
  at(name: string | number): Scope {
    return new Scope(this.graph, this.#ledger, `${this.#prefix}${name}.`);
  }

  /** Whether there is any weight at or below `name`. */
  has(name: string): boolean {
    return this.#ledger.source.has(this.#prefix + name);
  }

  /**
   * A weight in the element type of `x`, the value that it is combined with, reshaped to `as` (by default its
   * own shape). It is widened only after `x` is computed. Throws CheckpointError if the key is missing, has
   * another shape or was read before.
   */
  weight(name: string, shape: readonly number[], x: Tensor, as: readonly number[] = shape): Tensor {
    return this.#read(name, this.#take(name, [shape]), as, x);
  }

  /** Rows [from, from + shape[0]) of a weight with `total` rows. Otherwise like `weight`. */
  rows(name: string, from: number, total: number, shape: readonly number[], x: Tensor): Tensor {
    const [count, ...rest] = shape as readonly [number, ...number[]];
    const rows = { from, count };
    return this.#read(name, this.#take(name, [[total, ...rest]], rows), shape, x, rows);
  }

  /**
   * The weight of a linear layer [out, in] for `x` [n, in], or rows [from, from + out) of one with `total`
   * rows. A 1×1 convolution is accepted too. Otherwise like `weight`.
   */
  matrix(
    name: string,
    [out, width]: readonly [number, number],
    x: Tensor,
    { from, total }: { readonly from: number; readonly total: number } = { from: 0, total: out },
  ): WeightMap {
    const rows = { from, count: out };
    const whole = this.#take(name, matrixShapes(total, width), rows);
    return this.#map(name, whole, [out, width], x, rows, (y, change, part) =>
      besideLinear(y, x, change, part),
    );
  }

  /**
   * The same in 8 bits. It is quantised when the network is loaded, including changes that cannot be side
   * branches.
   */
  byteMatrix(
    name: string,
    [out, width]: readonly [number, number],
    x: Tensor,
    { from, total }: { readonly from: number; readonly total: number } = { from: 0, total: out },
  ): ByteMap {
    const rows = { from, count: out };
    const whole = this.#take(name, matrixShapes(total, width), rows);
    return this.#byteMap(name, whole, [out, width], rows, (y, change, part) =>
      besideLinear(y, x, change, part),
    );
  }

  /** The kernel [out, channels, k, k] of a convolution of `x` with these options. Otherwise like `weight`. */
  kernel(name: string, shape: readonly [number, ...number[]], x: Tensor, options: ConvOptions): WeightMap {
    const rows = { from: 0, count: shape[0] };
    return this.#map(name, this.#take(name, [shape]), shape, x, rows, (y, change) =>
      besideConvolution(y, x, change, shape, options),
    );
  }

  /** The same in 8 bits, as in byteMatrix. */
  byteKernel(name: string, shape: readonly [number, ...number[]], x: Tensor, options: ConvOptions): ByteMap {
    const rows = { from: 0, count: shape[0] };
    return this.#byteMap(name, this.#take(name, [shape]), shape, rows, (y, change) =>
      besideConvolution(y, x, change, shape, options),
    );
  }

  /**
   * The rows of an embedding table [count, width] at integer indices [n], in the graph's compute type [n,
   * width]. The table itself is not converted.
   */
  lookUp(name: string, shape: readonly [number, number], indices: Tensor): Tensor {
    const window = this.#take(name, [shape]);
    if (this.#changesOf(name).length > 0) return gather(this.#read(name, window, shape, indices), indices);
    const table = this.graph.window(window, shape);
    const isByte = table.dtype === 'F8_E4M3' || table.dtype === 'F8_E5M2'; // not supported by Gather
    return isByte ? gather(widen(table, indices), indices) : cast(gather(table, indices), this.graph.compute);
  }

  /** Marks weights at or below `name` as known but not needed. */
  skip(name: string): void {
    for (const key of this.#ledger.source.only(this.#prefix + name).keys()) {
      this.#ledger.use(key, 0, rowsOf(this.#ledger.source.get(key)));
    }
  }

  #changesOf(name: string): readonly WeightChange[] {
    return this.#ledger.source.changesOf(this.#prefix + name);
  }

  /**
   * A weight whose changes are side branches, if all of them can be; otherwise they are applied to the
   * weight.
   */
  #map(
    name: string,
    whole: TensorWindow,
    as: readonly number[],
    x: Tensor,
    rows: Rows,
    beside: Beside,
  ): WeightMap {
    const standing = this.#beside(name, whole, rows, beside);
    return {
      weight: standing
        ? this.#widened(name, rowWindow(whole, rows), as, x)
        : this.#read(name, whole, as, x, rows),
      beside: standing ?? ((y) => y),
    };
  }

  #byteMap(name: string, whole: TensorWindow, as: readonly number[], rows: Rows, beside: Beside): ByteMap {
    const standing = this.#beside(name, whole, rows, beside);
    this.#scaleOf(name);
    const { source } = this.#ledger;
    const weight = this.graph.prepared(`${this.#prefix}${name} ${rows.from}`, (graph, x) => {
      const there = new Scope(graph, new Ledger(source), this.#prefix);
      if (!standing) return quantiseWeight(there.#read(name, whole, as, x, rows));
      const [, ...inner] = as;
      const bands = bandsOf(rows, sizeOf(inner)).map((band) =>
        there.#widened(name, rowWindow(whole, band), [band.count, ...inner], x, 'F32'),
      );
      return quantiseWeight(...(bands as [Tensor, ...Tensor[]]));
    });
    return { weight, beside: standing ?? ((y) => y) };
  }

  /**
   * The function that adds the side branches; undefined if not all changes of the weight can be side
   * branches.
   */
  #beside(name: string, whole: TensorWindow, rows: Rows, beside: Beside): WeightMap['beside'] | undefined {
    const branches = this.#changesOf(name).map((change) => ({
      change,
      part: isBranch(change, [change.rows?.count ?? rowsOf(whole)])
        ? branchRows(change, rows, rowsOf(whole))
        : undefined,
    }));
    if (branches.some(({ part }) => part === undefined)) return undefined;
    return (y) => branches.reduce((sum, { change, part }) => (part ? beside(sum, change, part) : sum), y);
  }

  /** Rows of a weight with the changes that affect them. */
  #read(
    name: string,
    whole: TensorWindow,
    as: readonly number[],
    x: Tensor,
    rows: Rows = { from: 0, count: rowsOf(whole) },
  ): Tensor {
    const total = rowsOf(whole);
    const end = rows.from + rows.count;
    const touched = this.#changesOf(name).map((change) => ({
      change,
      from: change.rows?.from ?? 0,
      to: change.rows ? change.rows.from + change.rows.count : total,
    }));
    const changes = touched.filter(({ from, to }) => from < end && to > rows.from);
    if (changes.length === 0) {
      const isWhole = rows.count === total || whole.shape.length === 0;
      return this.#widened(name, isWhole ? whole : rowWindow(whole, rows), as, x);
    }
    const isWithin = changes.every(({ from, to }) => from >= rows.from && to <= end);
    const read = isWithin ? rows : { from: 0, count: total };
    const compute = () => {
      const window = rowWindow(whole, read);
      const weight = this.#widened(name, window, window.shape, x, 'F32');
      return (isWithin ? changes : touched).reduce(
        (sum, { change, from, to }) =>
          changed(sum, { ...change, rows: { from: from - read.from, count: to - from } }, x),
        weight,
      );
    };
    if (isWithin) return cast(reshape(compute(), as), computeTypeOf(x));
    const id = `${this.#prefix}${name} ${x.name}`;
    const known = this.#ledger.computed.get(id) ?? compute();
    this.#ledger.computed.set(id, known);
    return cast(reshape(slice(known, 0, rows.from, end), as), computeTypeOf(x));
  }

  /** A window in the compute type, multiplied by its scale if the file has one. */
  #widened(
    name: string,
    window: TensorWindow,
    shape: readonly number[],
    x: Tensor,
    type: ComputeType = computeTypeOf(x),
  ): Tensor {
    const weight = window.pieces
      ? reshape(this.#joined(window.pieces, type), shape)
      : widen(this.graph.window(window, shape), x, type);
    const number = this.#scaleOf(name);
    return number ? multiply(weight, cast(this.graph.window(number, []), type)) : weight;
  }

  /** The scale of an 8-bit weight, if any. Marks it as used. */
  #scaleOf(name: string): TensorWindow | undefined {
    const scales = SCALES.map((scale) => name.replace(/weight$/, scale));
    const scale = scales.find((scale) => scale !== name && this.has(scale));
    if (scale === undefined) return undefined;
    const { source } = this.#ledger;
    const key = this.#prefix + scale;
    const number = source.get(key);
    if (sizeOf(number.shape) !== 1) throw source.misshapen(key, '[] or [1]');
    this.#ledger.share(key);
    return number;
  }

  /** Joins the pieces in every run. At load, ONNX Runtime would keep a copy of the whole weight. */
  #joined(pieces: readonly TensorWindow[], type: ComputeType): Tensor {
    const parts = pieces.map((piece) => widenInRun(this.graph.window(piece, piece.shape), type));
    return concat(parts as [Tensor, ...Tensor[]], 0);
  }

  /** The whole weight. Marks the given rows as used. */
  #take(name: string, shapes: readonly (readonly number[])[], rows?: Rows): TensorWindow {
    const key = this.#prefix + name;
    const { source } = this.#ledger;
    const weight = source.get(key);
    if (!shapes.some((shape) => shape.join() === weight.shape.join())) {
      throw source.misshapen(key, shapes.map((shape) => `[${shape.join()}]`).join(' or '));
    }
    const { from, count } = rows ?? { from: 0, count: rowsOf(weight) };
    this.#ledger.use(key, from, from + count);
    return weight;
  }
}

/** Adds one change to a layer's output as a side branch, as far as it affects these rows. */
type Beside = (y: Tensor, change: WeightChange, rows: Rows) => Tensor;

/** Possible shapes of a linear layer's weight: a 1×1 convolution is one as well. */
const matrixShapes = (rows: number, width: number): (readonly number[])[] => [
  [rows, width],
  [rows, width, 1, 1],
];
