import { describe, expect, it } from 'vitest';
import { exp, expm1, ln, log, roundHalfEven, sinCos } from '../../../src/engine/float32/cephes.ts';

const f32 = Math.fround;
/** Spacing of f32 values at |x|. */
const ulp = (x: number): number => 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23);

function worst(inputs: number[], error: (x: number) => number): number {
  return Math.max(...inputs.map((x) => error(f32(x))));
}

describe('single-precision functions', () => {
  it('takes logarithms of every uniform up to 1 within 1 ulp', () => {
    const uniforms = Array.from({ length: 20_000 }, (_, i) => 1 - (i * 838 + 1) / 2 ** 24);
    expect(worst(uniforms, (x) => Math.abs(ln(x) - Math.log(x)) / ulp(Math.log(x)))).toBeLessThan(1);
    expect(ln(2 ** -24)).toBe(f32(-24 * Math.LN2));
    expect(ln(1)).toBe(0);
  });

  it('takes sine and cosine of the whole circle within 2^-23', () => {
    const out = new Float32Array(2);
    const angles = Array.from({ length: 20_000 }, (_, i) => (2 * Math.PI * i) / 20_000);
    const error = (x: number): number => {
      sinCos(x, out);
      return Math.max(Math.abs(out[0]! - Math.sin(x)), Math.abs(out[1]! - Math.cos(x)));
    };
    expect(worst(angles, error)).toBeLessThan(2 ** -23);
  });

  it('takes exponentials within 1 ulp, and ends in 0 and infinity', () => {
    const inputs = Array.from({ length: 20_000 }, (_, i) => -87 + (i * 175) / 20_000);
    expect(worst(inputs, (x) => Math.abs(exp(x) - Math.exp(x)) / ulp(Math.exp(x)))).toBeLessThan(1);
    expect([-Infinity, -200, 0, 200, Infinity].map(exp)).toEqual([0, 0, 1, Infinity, Infinity]);
    expect(exp(NaN)).toBe(NaN);
  });

  it('takes logarithms of any level within 0.6 ulps, and of 0 and infinity', () => {
    const levels = Array.from({ length: 20_000 }, (_, i) => 1e-4 * 1.0007 ** i);
    expect(worst(levels, (x) => Math.abs(log(x) - Math.log(x)) / ulp(Math.log(x)))).toBeLessThan(0.6);
    expect([0, 1, Infinity].map(log)).toEqual([-Infinity, 0, Infinity]);
  });

  it('takes exponentials less 1 within 0.6 ulps, near 0 as well', () => {
    const inputs = Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 1e-6 : -1e-6) * 1.0009 ** i);
    const error = (x: number) => Math.abs(expm1(x) - Math.expm1(x)) / ulp(Math.expm1(x));
    expect(worst(inputs, error)).toBeLessThan(0.6);
    expect([-Infinity, 0, Infinity].map(expm1)).toEqual([-1, 0, Infinity]);
  });

  it('rounds halves to the even integer', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6, 499.5].map((x) => roundHalfEven(x) + 0)).toEqual([
      0, 2, 2, 0, -2, 2, -3, 500,
    ]);
  });
});
