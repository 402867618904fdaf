import { describe, expect, it } from 'vitest';
import { BrownianTree } from '../../../src/engine/random/brownian.ts';
import { generatorOf } from '../../../src/engine/random/noise-device.ts';
import { CudaGenerator, philox } from '../../../src/engine/random/philox.ts';
import { seedWord } from '../../../src/engine/random/seed-sequence.ts';

const largestDifference = (found: Float32Array, expected: ArrayLike<number>) => {
  expect(found).toHaveLength(expected.length);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
};

describe('philox', () => {
  // The published test vectors of Random123.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('makes of counter %j and key %j the published words', (counter, key, words) => {
    expect(philox(counter, key)).toEqual(words);
  });
});

describe('CudaGenerator', () => {
  it("gives torch's published numbers of a card for seed 0", () => {
    const published = [
      -0.92466259, -0.42534415, -2.6438457, 0.14518388, -0.12086647, -0.57972564, -0.62285122, -0.32838709,
      -1.07454231, -0.36314407, -1.67105067, 2.26550497,
    ];
    expect(largestDifference(new CudaGenerator(0n).normal(12), published)).toBeLessThan(2e-7);
  });

  /** The formula in whole numbers of any size, for every value of a draw. */
  function expected(seed: bigint, draw: number, count: number): Float64Array {
    const [M, word] = [[0xd2511f53n, 0xcd9e8d57n] as const, 2n ** 32n];
    return Float64Array.from({ length: count }, (_, i) => {
      let [a, b, c, d] = [BigInt(draw), 0n, BigInt(i), 0n];
      let [k0, k1] = [seed % word, seed / word];
      for (let round = 0; round < 10; round++) {
        const [p, q] = [M[0] * a, M[1] * c];
        [a, b, c, d] = [(q / word) ^ b ^ k0, q % word, (p / word) ^ d ^ k1, p % word];
        [k0, k1] = [(k0 + 0x9e3779b9n) % word, (k1 + 0xbb67ae85n) % word];
      }
      const [u, v] = [(Number(a) + 0.5) * 2 ** -32, (Number(b) + 0.5) * 2 ** -32 * 2 * Math.PI];
      return Math.sqrt(-2 * Math.log(u)) * Math.sin(v);
    });
  }

  it.each([0n, 1n, 42n, 2n ** 32n, 2n ** 64n - 1n])(
    'draws whole latents of seed %d, one after the other',
    (seed) => {
      const generator = new CudaGenerator(seed);
      for (let draw = 0; draw < 3; draw++)
        expect(largestDifference(generator.normal(4096), expected(seed, draw, 4096))).toBeLessThan(5e-7);
    },
  );

  it('numbers its draws whatever their size, and begins a longer one as a shorter one', () => {
    const [short, long] = [new CudaGenerator(5n), new CudaGenerator(5n)];
    expect(short.normal(3)).toEqual(long.normal(200).subarray(0, 3));
    expect(short.normal(200)).toEqual(long.normal(200));
  });

  it('counts all 64 bits of the seed', () => {
    const noise = new CudaGenerator(42n).normal(140);
    expect(new CudaGenerator(42n + 2n ** 32n).normal(140)).not.toEqual(noise);
    expect(new CudaGenerator(42n + 2n ** 64n).normal(140)).toEqual(noise);
  });

  it('is standard normal', () => {
    const noise = new CudaGenerator(12n).normal(262_144);
    const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
    const variance = noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noise.length;
    const beyondTwo = noise.filter((x) => Math.abs(x) > 2).length / noise.length;
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 2);
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
  });
});

describe('a Brownian path of a card', () => {
  it("is made of the card's numbers, its whole increment first", () => {
    const path = new BrownianTree(0.5, 2.5, 7n, 64, 'GPU');
    const whole = generatorOf('GPU', BigInt(seedWord(7n, []))).normal(64);
    expect(largestDifference(path.noise(0.5, 2.5), whole)).toBeLessThan(1e-6);
    expect(path.noise(0.5, 1.25)).not.toEqual(new BrownianTree(0.5, 2.5, 7n, 64).noise(0.5, 1.25));
  });

  it('adds up: the parts of a step are the step', () => {
    const path = new BrownianTree(0.5, 2.5, 7n, 64, 'GPU');
    const scaled = (from: number, to: number) =>
      path.noise(from, to).map((value) => value * Math.sqrt(to - from));
    const parts = scaled(0.5, 1.1).map((value, i) => value + scaled(1.1, 2.5)[i]!);
    expect(largestDifference(parts, scaled(0.5, 2.5))).toBeLessThan(1e-5);
  });
});
