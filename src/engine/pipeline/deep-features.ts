import { joined } from '../float32/vec.ts';
import type { DeepFeature } from '../networks/deep-feature.ts';
import type { Conditioning } from './guidance.ts';
import type { DeepCache } from './shortcuts.ts';

/**
 * The variants of the network that a run with these settings evaluates. Without DeepCache, one without a deep
 * feature.
 */
export const usesOf = (deepCache: DeepCache | undefined): (DeepFeature | undefined)[] => {
  if (!deepCache) return [undefined];
  const { depth, interval } = deepCache;
  const kept: DeepFeature = { depth, use: 'KEPT' };
  return interval > 1 ? [kept, { depth, use: 'GIVEN' }] : [kept];
};

/**
 * The deep features of one run with one pair of prompts. Evaluations are counted, regardless of their noise
 * levels: a full evaluation is followed by at most interval - 1 that reuse its features. If no features are
 * kept for a prompt, a full evaluation is made.
 */
export class DeepFeatures {
  readonly #settings: DeepCache;
  /** Features by prompt. */
  readonly #kept = new Map<Conditioning, Float32Array>();
  /** Evaluations since the features were computed, including that one. */
  #evaluations = 0;
  #isReusing = false;

  constructor(settings: DeepCache) {
    this.#settings = settings;
  }

  /** The variant of the network for the current evaluation. */
  get use(): DeepFeature {
    return { depth: this.#settings.depth, use: this.#isReusing ? 'GIVEN' : 'KEPT' };
  }

  /** Starts an evaluation for these prompts. */
  begin(conditionings: readonly Conditioning[]): void {
    const hasAll = conditionings.every((name) => this.#kept.has(name));
    this.#isReusing = hasAll && this.#evaluations < this.#settings.interval;
    if (!this.#isReusing) {
      this.#kept.clear();
      this.#evaluations = 0;
    }
    this.#evaluations += 1;
  }

  /** The network's input for prompts that are evaluated together. */
  given(names: readonly Conditioning[]): { readonly deep?: Float32Array } {
    if (!this.#isReusing) return {};
    return { deep: joined(names.map((name) => this.#kept.get(name)!)) };
  }

  /** Keeps the features that the network returned for them. */
  keep(names: readonly Conditioning[], { deep }: Readonly<Record<string, Float32Array>>): void {
    if (this.#isReusing || !deep) return;
    const length = deep.length / names.length;
    names.forEach((name, i) => this.#kept.set(name, deep.subarray(i * length, (i + 1) * length)));
  }
}
