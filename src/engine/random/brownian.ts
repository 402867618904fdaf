import { generatorOf, type NoiseDevice } from './noise-device.ts';
import { seedWord } from './seed-sequence.ts';

const f32 = Math.fround;

/**
 * Number of cached nodes: about twice the depth of a tree, so that most of the previous query's path is
 * reused.
 */
const CACHED_NODES = 64;

/** W over a node's interval [a, b]. `key` numbers the nodes of a depth from the left. */
interface Node {
  readonly a: number;
  readonly b: number;
  readonly depth: number;
  readonly key: number;
  readonly w: Float32Array;
}

/**
 * A Brownian path over time σ, refined on demand by Brownian bridges (Li et al. 2020, "Scalable gradients for
 * stochastic differential equations"; node seeds and 6-decimal times as in torchsde's BrownianInterval).
 * Values depend only on the seed and the interval, not on the order of queries; the cache only saves time.
 */
export class BrownianTree {
  readonly #seed: bigint;
  readonly #device: NoiseDevice;
  readonly #root: Node;
  /** W over the left halves of nodes, least recently used first. */
  readonly #lefts = new Map<string, Float32Array>();

  /**
   * A path of `count` values over [t0, t1], 0 ≤ t0 ≤ t1, for an unsigned 64-bit seed, drawn with a device's
   * generator.
   */
  constructor(t0: number, t1: number, seed: bigint, count: number, device: NoiseDevice = 'CPU') {
    this.#seed = BigInt.asUintN(64, seed);
    this.#device = device;
    const deviation = f32(Math.sqrt(t1 - t0));
    const w = this.#normal(count, []).map((value) => value * deviation);
    this.#root = { a: round6(t0), b: round6(t1), depth: 0, key: 0, w };
  }

  /** Unit-variance noise of a step between two σ in the tree's range. Its sign depends on the direction. */
  noise(from: number, to: number): Float32Array {
    const { a, b } = this.#root;
    const low = round6(Math.min(Math.max(Math.min(from, to), a), b));
    const high = round6(Math.min(Math.max(from, to, a), b));
    const sum = new Float32Array(this.#root.w.length);
    if (low === high) return sum;
    for (const w of this.#cover(this.#root, low, high)) {
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + w[i]!;
    }
    const sign = to < from ? -1 : 1;
    const length = f32(Math.sqrt(f32(Math.abs(to - from))));
    for (let i = 0; i < sum.length; i++) sum[i] = (sign * sum[i]!) / length;
    return sum;
  }

  /** W over the fewest nodes that cover [low, high], from the left. */
  *#cover(node: Node, low: number, high: number): Generator<Float32Array> {
    const { a, b, depth, key, w } = node;
    if (low === a && high === b) {
      yield w;
      return;
    }
    const m = round6((a + b) / 2);
    const left = this.#leftOf(node, m);
    if (low < m) {
      const child = { a, b: m, depth: depth + 1, key: 2 * key, w: left };
      yield* this.#cover(child, low, Math.min(high, m));
    }
    if (high > m) {
      const child = { a: m, b, depth: depth + 1, key: 2 * key + 1, w: subtract(w, left) };
      yield* this.#cover(child, Math.max(low, m), high);
    }
  }

  /** W over a node's left half [a, m]. */
  #leftOf(node: Node, m: number): Float32Array {
    const id = `${node.depth}/${node.key}`;
    const left = this.#lefts.get(id) ?? this.#bridge(node, m);
    this.#lefts.delete(id);
    this.#lefts.set(id, left); // now the most recently used
    if (this.#lefts.size > CACHED_NODES) this.#lefts.delete(this.#lefts.keys().next().value!);
    return left;
  }

  /** W over [a, m] given W over [a, b]: normal with mean W·(m-a)/(b-a) and variance (m-a)(b-m)/(b-a). */
  #bridge({ a, b, depth, key, w }: Node, m: number): Float32Array {
    const share = f32(m - a);
    const reciprocal = f32(1 / (b - a));
    const deviation = f32(Math.sqrt(((m - a) * (b - m)) / (b - a)));
    const left = this.#normal(w.length, [key, depth]);
    for (let i = 0; i < left.length; i++) {
      left[i] = f32(f32(w[i]! * share) * reciprocal) + f32(deviation * left[i]!);
    }
    return left;
  }

  #normal(count: number, spawnKey: readonly number[]): Float32Array {
    return generatorOf(this.#device, BigInt(seedWord(this.#seed, spawnKey))).normal(count);
  }
}

function subtract(x: Float32Array, y: Float32Array): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = x[i]! - y[i]!;
  return out;
}

/** Rounds x ≥ 0 to 6 decimals, based on its exact decimal value. Ties go to the even digit. */
export function round6(x: number): number {
  const millionths = Number(x.toFixed(6).replace('.', '')); // exact, but ties go up
  const tie = (x * 128) % 2 === 1; // 0.5e-6 · odd is a binary fraction only in odd multiples of 1/128
  return (tie && millionths % 2 === 1 ? millionths - 1 : millionths) / 1e6;
}
