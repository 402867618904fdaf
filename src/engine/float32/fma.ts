/**
 * Fused multiply-add of f32 values: a·b + c rounded once to f32. Arguments must be f32 values.
 *
 * In doubles a·b is exact (24 + 24 ≤ 53 bits), so s = RN64(a·b + c). Rounding s to f32 equals rounding the
 * exact sum unless s lies exactly half-way between two f32 values and the exact sum does not: only there
 * can the first rounding have hidden the side on which the sum lies (every midpoint is itself a double, and
 * rounding is monotonic). With d = s - RN32(s), s is half-way exactly when its mirror image s + d is an f32
 * value too; both operations are exact.
 */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const s = product + c;
  const rounded = Math.fround(s);
  const d = s - rounded;
  return d !== 0 && Math.fround(s + d) === s + d ? roundMidpoint(product, c, s) : rounded;
}

/** Rounds p + c, whose double sum s is half-way between two f32 values, to the side of the exact sum. */
function roundMidpoint(p: number, c: number, s: number): number {
  const pPart = s - c; // Knuth's TwoSum: p + c = s + error exactly
  const error = p - pPart + (c - (s - pPart));
  const ulp = 0.75 * Number.EPSILON * Math.abs(s); // 0.75 to 1.5 ulps: s moves to its neighbour
  return Math.fround(s + Math.sign(error) * ulp);
}
