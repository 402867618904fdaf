import { expect, test } from 'vitest';
import { generatorOf } from '../../../src/engine/random/noise-device.ts';
import { seedsOf, variedNoise } from '../../../src/engine/random/variation.ts';

const SHAPE = [4, 8, 6] as const;
const COUNT = 4 * 8 * 6;
const varied = (seed: bigint, strength: number, own = 5n, device: 'CPU' | 'GPU' = 'CPU') =>
  variedNoise({ seed: own, variation: { seed, strength } }, SHAPE, device);

/** The values of one column of a channel. */
const column = (noise: Float32Array, channel: number, x: number): number[] =>
  Array.from({ length: 8 }, (_, y) => noise[(channel * 8 + y) * 6 + x]!);
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

test.each(['CPU', 'GPU'] as const)(
  "turns each column by the share of its angle, in the %s's numbers",
  (device) => {
    const [from, to] = [5n, 9n].map((seed) => generatorOf(device, seed).normal(COUNT));
    for (const t of [0.1, 0.5, 0.9]) {
      const found = varied(9n, t, 5n, device)!;
      for (let channel = 0; channel < 4; channel++) {
        for (let x = 0; x < 6; x++) {
          const [a, b, c] = [from!, to!, found].map((noise) => column(noise, channel, x)) as [
            number[],
            number[],
            number[],
          ];
          const angle = Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
          const expected = a.map(
            (value, i) => (Math.sin((1 - t) * angle) * value + Math.sin(t * angle) * b[i]!) / Math.sin(angle),
          );
          c.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
        }
      }
    }
  },
);

test('strength 0 is no other noise, 1 that of the other seed, and a seed does not vary by itself', () => {
  expect(varied(9n, 0)).toBeUndefined();
  expect(variedNoise({ seed: 5n }, SHAPE)).toBeUndefined();
  const close = (found: Float32Array, seed: bigint) => {
    const expected = generatorOf('CPU', seed).normal(COUNT);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  };
  close(varied(9n, 1)!, 9n);
  close(varied(5n, 0.3)!, 5n);
});

test('images of a batch are variations of one seed, or without strength of a seed each', () => {
  const last = 2n ** 64n - 1n;
  expect(seedsOf({ seed: last }, 2)).toEqual({ seed: 1n });
  expect(seedsOf({ seed: last, variation: { seed: 3n, strength: 0 } }, 1)).toEqual({ seed: 0n });
  const half = { strength: 0.5 };
  expect(seedsOf({ seed: 7n, variation: { seed: last, ...half } }, 1)).toEqual({
    seed: 7n,
    variation: { seed: 0n, ...half },
  });
});
