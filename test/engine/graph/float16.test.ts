import { expect, test } from 'vitest';
import { toHalf } from '../../../src/engine/graph/float16.ts';

/** The number of half-precision bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Bits of every finite number of one sign, in order of size. */
const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits);

test('every half-precision number keeps its bits', () => {
  for (const sign of [0, 0x8000]) {
    const bits = [...finite, 0x7c00].map((size) => sign | size);
    expect([...toHalf(bits.map(fromHalf))]).toEqual(bits);
  }
  const [nan] = toHalf([NaN]);
  expect(fromHalf(nan!)).toBeNaN();
});

test('numbers between two take the nearer one, and the even one from the middle', () => {
  const pairs = finite.slice(1).map((bits) => [fromHalf(bits - 1), fromHalf(bits)] as const);
  const at = (share: number) => [...toHalf(pairs.map(([low, high]) => low + share * (high - low)))];
  expect(at(0.49)).toEqual(finite.slice(0, -1));
  expect(at(0.51)).toEqual(finite.slice(1));
  expect(at(0.5)).toEqual(finite.slice(1).map((bits) => (bits % 2 === 0 ? bits : bits - 1)));
});

test('numbers beyond the range are infinite, tiny ones 0', () => {
  expect([...toHalf([65_519, 65_520, 1e30, -1e30, 2 ** -25, -(2 ** -26), 3 * 2 ** -26])]).toEqual([
    0x7bff, 0x7c00, 0x7c00, 0xfc00, 0, 0x8000, 1,
  ]);
});
