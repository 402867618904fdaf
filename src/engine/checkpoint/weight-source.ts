import { CheckpointError } from '../errors.ts';
import { checkIsFloat } from './quantisation.ts';
import type { TensorWindow } from './safetensors.ts';
import type { WeightChange, WeightChanges } from './weight-change.ts';

/** The changes that adapters make to a network's weights. */
export interface Changes {
  /** Identifies this set of changes among others for the same weights. */
  readonly name: string;
  readonly byKey: WeightChanges;
}

/** The weights of one network: a view of the keys below `prefix`, whichever file holds each of them. */
export class WeightSource {
  readonly #origin: string;
  readonly #prefix: string;
  readonly #weights: ReadonlyMap<string, TensorWindow>;
  /** All keys and their parent paths. */
  readonly #paths: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();
  readonly #changes: Changes | undefined;

  /** `weights` maps keys without the prefix to their windows; `origin` names the checkpoint in messages. */
  constructor(origin: string, prefix: string, weights: ReadonlyMap<string, TensorWindow>, changes?: Changes) {
    this.#origin = origin;
    this.#prefix = prefix;
    this.#weights = weights;
    this.#changes = changes;
    this.#paths = new Set([...weights.keys()].flatMap(pathsTo));
    for (const path of this.#paths) {
      const [, above, index] = /^(.*)\.(\d+)$/.exec(path) ?? [];
      if (above !== undefined) {
        this.#counts.set(above, Math.max(this.#counts.get(above) ?? 0, Number(index) + 1));
      }
    }
  }

  /** The weight with this key. Throws CheckpointError if it is missing or not floating-point. */
  get(key: string): TensorWindow {
    const weight = this.#weights.get(key);
    if (!weight) throw new CheckpointError(`${this.spell(key)} is missing`);
    checkIsFloat(weight, this.#origin);
    return weight;
  }

  /** The length of a one-dimensional weight, from which the sizes of other weights follow. */
  length(key: string): number {
    const { shape } = this.get(key);
    if (shape.length !== 1) throw this.misshapen(key, '[length]');
    return shape[0]!;
  }

  /** Keys without the prefix. */
  keys(): string[] {
    return [...this.#weights.keys()];
  }

  /** Key, dtype and shape of a weight: everything a graph depends on other than its values. */
  describe(key: string): string {
    const { dtype, shape } = this.get(key);
    return `${key} ${dtype} [${shape.join()}]`;
  }

  /** The same weights with changes. */
  changed(changes: Changes): WeightSource {
    return new WeightSource(this.#origin, this.#prefix, this.#weights, changes);
  }

  /** Identifies the changes; empty without changes. */
  get changeName(): string {
    return this.#changes?.name ?? '';
  }

  /** The changes of a weight, in order. */
  changesOf(key: string): readonly WeightChange[] {
    return this.#changes?.byKey.get(key) ?? [];
  }

  /** Only the keys that are one of `paths` or lie below one. */
  only(...paths: string[]): WeightSource {
    const kept = [...this.#weights].filter(([key]) => pathsTo(key).some((path) => paths.includes(path)));
    return new WeightSource(this.#origin, this.#prefix, new Map(kept), this.#changes);
  }

  /** All keys except those that are one of `paths` or lie below one. */
  without(...paths: string[]): WeightSource {
    const kept = [...this.#weights].filter(([key]) => !pathsTo(key).some((path) => paths.includes(path)));
    return new WeightSource(this.#origin, this.#prefix, new Map(kept), this.#changes);
  }

  /** Whether any key is `path` or lies below it. */
  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /**
   * One more than the largest n for which a key lies below `path.n`; 0 without such keys. Throws
   * CheckpointError if the result exceeds the number of keys.
   */
  count(path: string): number {
    const count = this.#counts.get(path) ?? 0;
    if (count <= this.#weights.size) return count;
    throw new CheckpointError(`${this.spell(`${path}.${count - 1}`)} has an index beyond the number of keys`);
  }

  /** Creates the error for a weight of an unexpected shape. */
  misshapen(key: string, expected: string): CheckpointError {
    return new CheckpointError(
      `${this.spell(key)} has shape [${this.get(key).shape.join()}], expected ${expected}`,
    );
  }

  /** A key in messages: file name and full key. */
  spell(key: string): string {
    return `${this.#origin}: "${this.#prefix}${key}"`;
  }
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
function pathsTo(key: string): string[] {
  const paths = [];
  for (let end = key.indexOf('.'); end >= 0; end = key.indexOf('.', end + 1)) paths.push(key.slice(0, end));
  return [...paths, key];
}
