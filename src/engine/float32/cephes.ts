/*
 * ln, sin, cos and exp in single precision, bit-identical to the vectorised CPU code that PyTorch uses:
 * Cephes' polynomials (Moshier) for ln, sin and cos, SLEEF's (Shibata and Petrogalli) for exp, expm1 and log.
 * Every operation rounds to f32; `fma` rounds once.
 */
import { fma } from './fma.ts';

const f32 = Math.fround;

/** Horner's scheme: coefficients from the highest power down. */
const LN_POLYNOMIAL = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f32);
const SQRT_HALF = f32(Math.SQRT1_2);
/** ln 2 in two parts. The first has few bits, so that its product with an exponent is exact. */
const LN2_HIGH = f32(0.693359375);
const LN2_LOW = f32(-2.1219444e-4);

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Natural logarithm of a positive, normal f32. */
export function ln(x: number): number {
  // x = m·2^e with m in [√½, √2), then the polynomial in m - 1
  float[0] = x;
  let e = (bits[0]! >>> 23) - 126;
  bits[0] = (bits[0]! & 0x7fffff) | 0x3f000000;
  let m = float[0];
  if (m < SQRT_HALF) {
    e -= 1;
    m = f32(m + m - 1);
  } else {
    m = f32(m - 1);
  }
  const z = f32(m * m);
  let y = horner(LN_POLYNOMIAL, m);
  y = f32(y * m);
  y = fma(y, z, f32(e * LN2_LOW));
  y = fma(-0.5, z, y);
  return fma(e, LN2_HIGH, f32(m + y));
}

const FOUR_OVER_PI = f32(1.27323954473516);
/** -π/4 in three parts. The first ones have few bits, so that products with small integers are exact. */
const MINUS_PI_4 = [-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8].map(f32);
const COS_POLYNOMIAL = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f32);
const SIN_POLYNOMIAL = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f32);

/** Writes sine and cosine of an f32 angle 0 ≤ x < 8192 to `out[0]` and `out[1]`. */
export function sinCos(x: number, out: Float32Array): void {
  const octant = (Math.trunc(f32(x * FOUR_OVER_PI)) + 1) & ~1; // even: 0, 2, 4, 6 mean 0, π/2, π, 3π/2
  let rest = x; // in [-π/4, π/4]
  for (const part of MINUS_PI_4) rest = fma(octant, part, rest);

  const z = f32(rest * rest);
  const c = f32(horner(COS_POLYNOMIAL, z) * z);
  const cos = f32(fma(c, z, -f32(0.5 * z)) + 1);
  const s = f32(horner(SIN_POLYNOMIAL, z) * z);
  const sin = fma(s, rest, rest);

  const swap = (octant & 2) !== 0;
  out[0] = (swap ? cos : sin) * (octant & 4 ? -1 : 1);
  out[1] = (swap ? sin : cos) * ((octant - 2) & 4 ? 1 : -1);
}

const LOG2_E = f32(Math.LOG2E);
/** -ln 2 in two parts. */
const EXP_LN2_HIGH = f32(-0.693145751953125);
const EXP_LN2_LOW = f32(-1.428606765330187e-6);
const EXP_POLYNOMIAL = [0.00019852762, 0.00139304355, 0.00833336078, 0.0416664854, 0.166666672, 0.5].map(f32);

/** e^x of an f32; 0 or Infinity outside the range of f32. */
export function exp(x: number): number {
  if (x < -104) return 0;
  if (x > 104) return Infinity;
  const q = roundHalfEven(f32(x * LOG2_E));
  const s = fma(q, EXP_LN2_LOW, fma(q, EXP_LN2_HIGH, x));
  const u = horner(EXP_POLYNOMIAL, s);
  return f32(2 ** q * f32(1 + fma(f32(s * s), u, s)));
}

const EXPM1_POLYNOMIAL = [0.1980960224e-3, 0.1394256484e-2, 0.8333456703e-2, 0.4166637361e-1].map(f32);
const EXPM1_THIRD = f32(0.16666666);

/** e^x - 1 of an f32, accurate near 0. */
export function expm1(x: number): number {
  if (Math.abs(x) > 80) return f32(Math.expm1(x));
  const q = roundHalfEven(f32(x * LOG2_E));
  const s = x + q * EXP_LN2_HIGH + q * EXP_LN2_LOW; // SLEEF uses pairs of f32, to which doubles are equivalent
  const u = horner(EXPM1_POLYNOMIAL, f32(s));
  const t = s + s * s * (s * (s * u + EXPM1_THIRD) + 0.5);
  return f32((1 + t) * 2 ** q - 1);
}

/** ln 2 as SLEEF splits it. */
const LOG_LN2 = f32(Math.LN2) - f32(1.9046543e-9);
const LOG_POLYNOMIAL = [0.3027294874, 0.3996108174, 0.666669488].map(f32);

/**
 * Natural logarithm of an f32. More accurate than `ln`, but not always correctly rounded. -Infinity at 0;
 * otherwise for positive normal values.
 */
export function log(x: number): number {
  if (x === 0 || x === Infinity) return Math.log(x);
  // x = m·2^e with m in [¾, 1½), and ln m = 2·atanh((m - 1)/(m + 1))
  float[0] = x * f32(1 / 0.75);
  const e = (bits[0]! >>> 23) - 127;
  const m = x * 2 ** -e;
  // SLEEF holds the ratio and the sum in pairs of f32, to which doubles are equivalent.
  const ratio = (m - 1) / (m + 1);
  const r = f32(f32(m - 1) * f32(1 / f32(m + 1))); // high part: all that the polynomial uses
  const square = f32(r * r);
  const tail = f32(f32(square * r) * horner(LOG_POLYNOMIAL, square));
  return f32(e * LOG_LN2 + 2 * ratio + tail);
}

/** Rounds to the nearest integer, ties to even. Exact for |x| < 2^51. */
export function roundHalfEven(x: number): number {
  const MAGIC = 1.5 * 2 ** 52; // the sum's last bit has weight 1, so the addition rounds to integers
  return x + MAGIC - MAGIC;
}

function horner(coefficients: readonly number[], x: number): number {
  let y = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) y = fma(y, x, coefficients[i]!);
  return y;
}
