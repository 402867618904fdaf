import { join } from 'node:path';
import { BrownianTree } from '../../src/engine/random/brownian.ts';
import { Mt19937 } from '../../src/engine/random/mt19937.ts';
import { TorchGenerator } from '../../src/engine/random/normal.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { Tally, type Section } from './section.ts';

/** Of an absolute error. */
const TOLERANCE = 2e-6;
/** Sizes of the successive draws under `consecutive/…/mixed`. */
const MIXED_COUNTS = [3, 20, 3];

/** Every draw in `noise/`: initial noise, uniforms, raw words, successive draws, batch indices, Brownian paths. */
export const noise: Section = async (folder, options) => {
  const tally = new Tally(options);
  const draws = openGolden(join(folder, 'noise', 'noise.safetensors'));
  for (const key of draws.keys()) {
    const [kind, seed, what] = key.split('/') as [string, string, string | undefined];
    const exact = kind === 'randint24';
    await tally.check(key, exact ? 0 : TOLERANCE, () =>
      largestDifference(
        draw(kind, seedOf(seed), draws.shape(key), what),
        exact ? draws.i32(key) : draws.f32(key),
      ),
    );
  }
  const paths = openGolden(join(folder, 'noise', 'brownian.safetensors'));
  for (const key of paths.keys()) {
    const [kind, name, seed] = key.split('/') as [string, string, string];
    if (kind !== 'noise') continue; // sigmas and mids are inputs
    await tally.check(`brownian/${key}`, TOLERANCE, () =>
      largestDifference(walk(paths, name, seedOf(seed), paths.shape(key)), paths.f32(key)),
    );
  }
  return tally.result;
};

const seedOf = (part: string): bigint => BigInt(part.replace('seed', ''));
const repeat = (value: number, times: number): number[] => Array.from({ length: times }, () => value);
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** What one generator draws for a key of `noise.safetensors`. Throws for an unknown kind. */
function draw(kind: string, seed: bigint, shape: readonly number[], what = ''): Float32Array | Int32Array {
  const total = product(shape);
  const item = product(shape.slice(1));
  switch (kind) {
    case 'noise':
      return new TorchGenerator(seed).normal(total);
    case 'consecutive':
      return concatenate(successive(seed, what === 'mixed' ? MIXED_COUNTS : repeat(item, shape[0]!)));
    case 'noise_inds': {
      const indices = what.split('-').map(Number);
      const items = successive(seed, repeat(item, Math.max(...indices) + 1));
      return concatenate(indices.map((index) => items[index]!));
    }
    case 'uniform_f32': {
      const twister = new Mt19937(Number(BigInt.asUintN(32, seed)));
      return Float32Array.from({ length: total }, () => twister.uniform24());
    }
    case 'randint24': {
      const twister = new Mt19937(Number(BigInt.asUintN(32, seed)));
      return Int32Array.from({ length: total }, () => twister.word() & 0xffffff);
    }
    default:
      throw new Error(`there is no kind of draw "${kind}"`);
  }
}

/** Draws of the given sizes from one generator. */
function successive(seed: bigint, counts: number[]): Float32Array[] {
  const generator = new TorchGenerator(seed);
  return counts.map((count) => generator.normal(count));
}

/** Noise of each σ_i → mid_i and σ_i → σ_{i+1} from one tree over the positive σ. */
function walk(paths: GoldenFile, name: string, seed: bigint, shape: readonly number[]): Float32Array {
  const sigmas = paths.f32(`sigmas/${name}`);
  const positive = sigmas.filter((sigma) => sigma > 0);
  const count = product(shape.slice(1));
  const tree = new BrownianTree(Math.min(...positive), Math.max(...positive), seed, count);
  const steps = [...paths.f32(`mids/${name}`)].flatMap((mid, i) => [
    tree.noise(sigmas[i]!, mid),
    tree.noise(sigmas[i]!, sigmas[i + 1]!),
  ]);
  return concatenate(steps);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** max|a-b|; Infinity on a length mismatch, NaN if either has one. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= largest)) largest = d;
  }
  return largest;
}
