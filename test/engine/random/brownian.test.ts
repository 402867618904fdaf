import { describe, expect, it } from 'vitest';
import { BrownianTree, round6 } from '../../../src/engine/random/brownian.ts';

const SEED = 18364758544493064720n;
/** Steps down a schedule, each with a stop on its way. */
const QUERIES: [number, number][] = Array.from({ length: 12 }, (_, i) => {
  const from = 14 * (1 - i / 12);
  const to = 14 * (1 - (i + 1) / 12) + 0.03;
  return [
    [from, (from + to) / 2],
    [from, to],
  ] as [number, number][];
}).flat();
const tree = (seed = SEED): BrownianTree => new BrownianTree(0.03, 14.6, seed, 20);

describe('BrownianTree', () => {
  it('gives the same noise in whatever order it is asked, also for what its cache has forgotten', () => {
    const forward = tree();
    const expected = QUERIES.map(([from, to]) => forward.noise(from, to));
    const backward = tree();
    const reversed = QUERIES.toReversed().map(([from, to]) => backward.noise(from, to));
    expect(reversed.reverse()).toEqual(expected);
    expect(QUERIES.map(([from, to]) => tree().noise(from, to))).toEqual(expected);
  });

  it('is one path: the increments of two adjoining intervals add up', () => {
    const path = tree();
    const increment = (from: number, to: number): Float32Array =>
      path.noise(from, to).map((value) => value * Math.sqrt(from - to));
    const whole = increment(9.5, 1.25);
    const upper = increment(9.5, 3.125);
    const lower = increment(3.125, 1.25);
    const gap = whole.map((value, i) => Math.abs(value - upper[i]! - lower[i]!));
    expect(Math.max(...gap)).toBeLessThan(1e-5);
  });

  it('changes its sign with the direction', () => {
    const down = tree().noise(3, 2);
    expect(tree().noise(2, 3)).toEqual(down.map((value) => -value));
  });

  it('takes all 64 bits of the seed', () => {
    expect(tree(1n).noise(3, 2)).not.toEqual(tree(1n + (1n << 40n)).noise(3, 2));
  });

  it('has unit variance over a long and over a short step', () => {
    for (const [from, to] of [
      [14.6, 0.03],
      [5.00001, 5],
    ] as const) {
      const noise = new BrownianTree(0.03, 14.6, 5n, 4096).noise(from, to);
      const variance = noise.reduce((sum, x) => sum + x * x, 0) / noise.length;
      expect(variance).toBeGreaterThan(0.9);
      expect(variance).toBeLessThan(1.1);
    }
  });

  it('is zero over a step of no length, and stays within its ends', () => {
    expect(tree().noise(3, 3)).toEqual(new Float32Array(20));
    expect(tree().noise(0.03, 0)).toEqual(new Float32Array(20));
  });
});

describe('round6', () => {
  it('rounds to six decimals by the decimal value, ties to the even digit', () => {
    const cases: [number, number][] = [
      [0.0078125, 0.007812], // 1/128 and 3/128 are true ties
      [0.0234375, 0.023438],
      [1.0000005, 1.000001], // doubles near a written tie lie above it…
      [5.0000015, 5.000001], // …or below
      [14.614641189575195, 14.614641],
      [0, 0],
    ];
    expect(cases.map(([x]) => round6(x))).toEqual(cases.map(([, rounded]) => rounded));
  });
});
