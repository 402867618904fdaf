import type { TensorWindow } from '../checkpoint/safetensors.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';
import { sizeOf, type Graph, type Tensor } from './graph.ts';
import { cast, gather, multiply } from './ops.ts';
import { computeTypeOf, widen } from './widen.ts';

/** The root scope of a network's weights. Building the graph throws CheckpointError unless all of them were used, once. */
export function openWeights(graph: Graph, source: WeightSource): Scope {
  const ledger = new Ledger(source);
  graph.beforeBuild(() => {
    ledger.close();
  });
  return new Scope(graph, ledger, '');
}

/** Which rows of which weights were used. */
class Ledger {
  readonly source: WeightSource;
  readonly #used = new Map<string, { from: number; to: number }[]>();

  constructor(source: WeightSource) {
    this.source = source;
  }

  /** Marks rows [from, to) as used. */
  use(key: string, from: number, to: number): void {
    const ranges = this.#used.get(key) ?? [];
    if (ranges.some((range) => from < range.to && range.from < to)) {
      throw new CheckpointError(`${this.source.spell(key)} is read twice`);
    }
    this.#used.set(key, [...ranges, { from, to }]);
  }

  /** Marks a whole weight as used, by more than one reader perhaps. */
  share(key: string): void {
    this.#used.set(key, [{ from: 0, to: rowsOf(this.source.get(key)) }]);
  }

  /** Throws CheckpointError if any row of any weight was not used. */
  close(): void {
    const unread = this.source.keys().filter((key) => {
      const used = (this.#used.get(key) ?? []).reduce((rows, { from, to }) => rows + to - from, 0);
      return used < rowsOf(this.source.get(key));
    });
    if (unread.length === 0) return;
    const named = unread.slice(0, 5).map((key) => this.source.spell(key));
    const more = unread.length > named.length ? ` and ${unread.length - named.length} more` : '';
    throw new CheckpointError(`weights that the network does not know: ${named.join(', ')}${more}`);
  }
}

/** What the factor of an 8-bit `weight` is called, in older files and in newer ones. */
const SCALES = ['scale_weight', 'weight_scale'];

/** A place among the weights: an immutable key prefix, so that networks name keys as the checkpoint spells them. */
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
   * A weight in the element type of `x`, the value that it will meet, seen with the shape `as` (by default its own). It
   * widens only once `x` is there. Throws CheckpointError if the key is missing, has another shape or was read before.
   */
  weight(name: string, shape: readonly number[], x: Tensor, as: readonly number[] = shape): Tensor {
    return this.#widened(name, this.#take(name, [shape]), as, x);
  }

  /** A linear map [out, in]; a convolution of kernel 1 is one too. Otherwise as `weight`. */
  matrix(name: string, [out, width]: readonly [number, number], x: Tensor): Tensor {
    const shapes = [
      [out, width],
      [out, width, 1, 1],
    ];
    return this.#widened(name, this.#take(name, shapes), [out, width], x);
  }

  /** Rows [from, from + shape[0]) of a weight that has `total` rows. Otherwise as `weight`. */
  rows(name: string, from: number, total: number, shape: readonly number[], x: Tensor): Tensor {
    const [count, ...rest] = shape as readonly [number, ...number[]];
    const whole = this.#take(name, [[total, ...rest]], from, from + count);
    const rowBytes = whole.byteLength / total;
    const part = { ...whole, shape, offset: whole.offset + from * rowBytes, byteLength: count * rowBytes };
    return this.#widened(name, part, shape, x);
  }

  /** The rows of a table [count, width] at integer indices [n], in the graph's type [n, width]; the table itself stays as it is. */
  lookUp(name: string, shape: readonly [number, number], indices: Tensor): Tensor {
    const table = this.graph.window(this.#take(name, [shape]), shape);
    const isByte = table.dtype === 'F8_E4M3' || table.dtype === 'F8_E5M2'; // which Gather does not take
    return isByte ? gather(widen(table, indices), indices) : cast(gather(table, indices), this.graph.compute);
  }

  /** Declares weights at or below `name` as known but not needed. */
  skip(name: string): void {
    for (const key of this.#ledger.source.only(this.#prefix + name).keys()) {
      this.#ledger.use(key, 0, rowsOf(this.#ledger.source.get(key)));
    }
  }

  /** An 8-bit weight may come with a scalar that multiplies all of it. */
  #widened(name: string, window: TensorWindow, shape: readonly number[], x: Tensor): Tensor {
    const weight = widen(this.graph.window(window, shape), x);
    const scales = SCALES.map((scale) => name.replace(/weight$/, scale));
    const scale = scales.find((scale) => scale !== name && this.has(scale));
    if (scale === undefined) return weight;
    const { source } = this.#ledger;
    const key = this.#prefix + scale;
    const number = source.get(key);
    if (sizeOf(number.shape) !== 1) throw source.misshapen(key, '[] or [1]');
    this.#ledger.share(key);
    return multiply(weight, cast(this.graph.window(number, []), computeTypeOf(x)));
  }

  #take(name: string, shapes: readonly (readonly number[])[], from = 0, to?: number): TensorWindow {
    const key = this.#prefix + name;
    const { source } = this.#ledger;
    const weight = source.get(key);
    if (!shapes.some((shape) => shape.join() === weight.shape.join())) {
      throw source.misshapen(key, shapes.map((shape) => `[${shape.join()}]`).join(' or '));
    }
    this.#ledger.use(key, from, to ?? rowsOf(weight));
    return weight;
  }
}

function rowsOf(weight: TensorWindow): number {
  return sizeOf(weight.shape) === 0 ? 0 : (weight.shape[0] ?? 1);
}
