import { describe, expect, it } from 'vitest';
import { linspace } from '../../../src/engine/float32/linspace.ts';
import { betaCdf } from '../../../src/engine/noise/beta-distribution.ts';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { SCHEDULERS } from '../../../src/engine/noise/schedulers.ts';

describe('betaCdf', () => {
  /** mpmath 1.3, 40 digits: betainc(0.6, 0.6, 0, x, regularized=True) */
  const REFERENCE: [x: number, p: number][] = [
    [1e-6, 0.00017332842250601882],
    [0.0005, 0.007215796883035322],
    [0.01, 0.043603714884750636],
    [0.125, 0.20209121210209613],
    [0.3, 0.3525265117721437],
    [0.5, 0.5],
    [0.7, 0.6474734882278562],
    [0.9, 0.8239527456539623],
    [0.999, 0.9890620763722768],
  ];

  it.each(REFERENCE)('agrees at %d with arbitrary precision to a few ulps', (x, p) => {
    expect(Math.abs(betaCdf(x) / p - 1)).toBeLessThan(2e-15);
  });

  it('goes from 0 to 1', () => {
    expect([betaCdf(0), betaCdf(1)]).toEqual([0, 1]);
  });
});

describe('linspace', () => {
  it('meets both ends and stays within an ulp of the exact values, in groups of eight and singly', () => {
    for (const n of [1, 2, 15, 16, 17, 40, 151]) {
      const values = linspace(999, 0, n);
      const gaps = values.map((value, i) => Math.abs(value - 999 * (1 - i / Math.max(n - 1, 1))));
      expect([values[0], values.at(-1)]).toEqual([999, n === 1 ? 999 : 0]);
      expect(Math.max(...gaps)).toBeLessThan(2 ** -13);
    }
  });
});

describe('schedulers', () => {
  const numbered = { ...epsSchedule(), table: Float32Array.from({ length: 1000 }, (_, i) => i) };

  it('ddim_uniform takes every k-th entry from the second on', () => {
    expect([...SCHEDULERS.ddim_uniform(numbered, 4)]).toEqual([751, 501, 251, 1]);
    expect(SCHEDULERS.ddim_uniform(numbered, 30).length).toBe(31);
    expect(SCHEDULERS.ddim_uniform(numbered, 2000).length).toBe(999);
  });

  it('simple takes evenly spaced entries from the last', () => {
    expect([...SCHEDULERS.simple(numbered, 3)]).toEqual([999, 666, 333]);
  });

  it('beta takes the even one of two entries half-way between, and none twice', () => {
    expect([...SCHEDULERS.beta(numbered, 2)]).toEqual([999, 500]);
    const many = [...SCHEDULERS.beta(numbered, 5000)];
    expect(new Set(many).size).toBe(many.length);
  });

  it('spaces karras by its seventh root and exponential by its logarithm', () => {
    const schedule = epsSchedule();
    const bend = (values: number[]): number =>
      Math.max(...values.slice(2).map((value, i) => Math.abs(value - 2 * values[i + 1]! + values[i]!)));
    expect(bend(Array.from(SCHEDULERS.karras(schedule, 20), (sigma) => sigma ** (1 / 7)))).toBeLessThan(1e-6);
    expect(bend(Array.from(SCHEDULERS.exponential(schedule, 20), Math.log))).toBeLessThan(2e-6);
  });
});
