import { describe, expect, it } from 'vitest';
import { exp, ln, roundHalfEven, sinCos } from '../../../src/engine/random/cephes.ts';

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

  it('rounds halves to the even integer', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6, 499.5].map((x) => roundHalfEven(x) + 0)).toEqual([
      0, 2, 2, 0, -2, 2, -3, 500,
    ]);
  });
});
