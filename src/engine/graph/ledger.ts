import type { TensorWindow } from '../checkpoint/safetensors.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';
import { sizeOf, type Tensor } from './graph.ts';

/** Records which rows of which weights a network uses. */
export class Ledger {
  readonly source: WeightSource;
  /** Changed weights whose rows are read separately, by key and by the value that they are combined with. */
  readonly computed = new Map<string, Tensor>();
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

  /** Marks a whole weight as used; may be called more than once. */
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
    throw new CheckpointError(`unexpected weights: ${named.join(', ')}${more}`);
  }
}

/** Number of rows of a weight; 0 if it has no elements. */
export function rowsOf(weight: TensorWindow): number {
  return sizeOf(weight.shape) === 0 ? 0 : (weight.shape[0] ?? 1);
}
