import { describe, expect, it } from 'vitest';
import { fma } from '../../../src/engine/float32/fma.ts';
import { Mt19937 } from '../../../src/engine/random/mt19937.ts';

const f32 = Math.fround;
/** 2^-320 is finer than any product of two f32 values. */
const SCALE = 320n;

/** An f32 value, or a double made of f32 bits, times 2^320. */
function toFixed(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = word & 0xfffffffffffffn;
  const magnitude = (fraction | (exponent > 0n ? 1n << 52n : 0n)) << (SCALE - 1075n + exponent);
  return word >> 63n ? -magnitude : magnitude;
}

/** Exactly a·b + c against an f32 result: it must be the nearest f32, and of two nearest the even one. */
function isCorrect(a: number, b: number, c: number, result: number): boolean {
  const exact = ((toFixed(a) * toFixed(b)) >> SCALE) + toFixed(c);
  const distance = (x: number): bigint => {
    const d = toFixed(x) - exact;
    return d < 0n ? -d : d;
  };
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, result);
  const word = bits.getUint32(0);
  const even = (word & 1) === 0;
  const neighbours = [word + 1, word - 1].map((neighbour) => {
    bits.setUint32(0, neighbour >>> 0);
    return bits.getFloat32(0);
  });
  return neighbours.every((neighbour) => {
    if (!Number.isFinite(neighbour)) return true;
    const own = distance(result);
    const other = distance(neighbour);
    return own < other || (own === other && even);
  });
}

describe('fma', () => {
  const random = new Mt19937(1);
  /** A random value of either sign whose exponent lies in [low, high). */
  const between = (low: number, high: number): number => {
    const sign = random.word() & 1 ? -1 : 1;
    return f32(sign * (1 + random.uniform24()) * 2 ** (low + (random.word() % (high - low))));
  };
  const wrongOf = (cases: [number, number, number][], operation: typeof fma): number[][] =>
    cases.filter(([a, b, c]) => !isCorrect(a, b, c, operation(a, b, c)));

  it('rounds the exact sum once, whatever the ratio of its terms', () => {
    const cases = Array.from({ length: 20_000 }, (): [number, number, number] => [
      between(-20, 20),
      between(-20, 20),
      between(-40, 40),
    ]);
    expect(wrongOf(cases, fma)).toEqual([]);
  });

  it('rounds once where the result is subnormal', () => {
    const cases = Array.from({ length: 20_000 }, (): [number, number, number] => [
      between(-80, -60),
      between(-80, -60),
      between(-149, -126),
    ]);
    expect(wrongOf(cases, fma)).toEqual([]);
  });

  it('sees on which side of a midpoint the sum lies where two roundings do not', () => {
    // a·b is half of c's last bit times 1 ± δ, with δ too small for a double next to c
    const half = 2 ** -24;
    const nearHalves = [
      [1 + 2 ** -12, half * (1 - 2 ** -12 + 2 ** -24)], // δ = +2^-36
      [1 + 2 ** -20, half * (1 - 2 ** -20)], // δ = -2^-40
      [1, half], // a true tie
    ] as const;
    const cases = nearHalves.flatMap(([a, b]) =>
      Array.from({ length: 1_000 }, (): [number, number, number] => [
        a,
        random.word() & 1 ? b : -b,
        between(0, 1),
      ]),
    );
    expect(wrongOf(cases, fma)).toEqual([]);
    expect(wrongOf(cases, (a, b, c) => f32(a * b + c)).length).toBeGreaterThan(500);
  });

  it('keeps infinities and NaN, and overflows to infinity', () => {
    expect(fma(Infinity, 1, 0)).toBe(Infinity);
    expect(fma(Infinity, 1, -Infinity)).toBe(NaN);
    expect(fma(2 ** 100, 2 ** 100, -1)).toBe(Infinity);
    expect(fma(2 ** 64, -(2 ** 64), 1)).toBe(-Infinity);
  });
});
