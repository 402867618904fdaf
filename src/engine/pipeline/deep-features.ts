import { joined } from '../float32/vec.ts';
import type { DeepFeature } from '../networks/deep-feature.ts';
import type { Conditioning } from './guidance.ts';
import type { DeepCache } from './shortcuts.ts';

/** The networks that a run with these settings evaluates; without any the one that neither gives nor takes a deep feature. */
export const usesOf = (deepCache: DeepCache | undefined): (DeepFeature | undefined)[] => {
  if (!deepCache) return [undefined];
  const { depth, interval } = deepCache;
  const kept: DeepFeature = { depth, use: 'KEPT' };
  return interval > 1 ? [kept, { depth, use: 'GIVEN' }] : [kept];
};

/**
 * The deep features of one run of a network with one pair of prompts. Evaluations are counted, whatever their noise levels: one that
 * computes everything is followed by at most interval - 1 that reuse what it gave, and a prompt of which nothing is kept has
 * everything computed for it.
 */
export class DeepFeatures {
  readonly #settings: DeepCache;
  /** Of one prompt each. */
  readonly #kept = new Map<Conditioning, Float32Array>();
  /** Evaluations with what is kept, that which gave it among them. */
  #evaluations = 0;
  #isReusing = false;

  constructor(settings: DeepCache) {
    this.#settings = settings;
  }

  /** What the network of the present evaluation does. */
  get use(): DeepFeature {
    return { depth: this.#settings.depth, use: this.#isReusing ? 'GIVEN' : 'KEPT' };
  }

  /** Begins an evaluation for these prompts. */
  begin(conditionings: readonly Conditioning[]): void {
    const hasAll = conditionings.every((name) => this.#kept.has(name));
    this.#isReusing = hasAll && this.#evaluations < this.#settings.interval;
    if (!this.#isReusing) {
      this.#kept.clear();
      this.#evaluations = 0;
    }
    this.#evaluations += 1;
  }

  /** What the network takes in for prompts that are evaluated together. */
  given(names: readonly Conditioning[]): { readonly deep?: Float32Array } {
    if (!this.#isReusing) return {};
    return { deep: joined(names.map((name) => this.#kept.get(name)!)) };
  }

  /** Takes what the network gave for them. */
  keep(names: readonly Conditioning[], { deep }: Readonly<Record<string, Float32Array>>): void {
    if (this.#isReusing || !deep) return;
    const length = deep.length / names.length;
    names.forEach((name, i) => this.#kept.set(name, deep.subarray(i * length, (i + 1) * length)));
  }
}
