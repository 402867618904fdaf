const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/**
 * Converts numbers to IEEE 754 binary16 bits, rounding to nearest, ties to even. Values out of range become
 * infinite.
 */
export function toHalf(values: ArrayLike<number>): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = halfOf(values[i]!);
  return halves;
}

function halfOf(value: number): number {
  single[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const size = bits[0]! & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00; // NaN
  if (size >= 0x477ff000) return sign | 0x7c00; // 65520 and above
  if (size < 0x38800000) {
    single[0] = Math.abs(value) + 0.5; // below 2^-14: the sum's last 10 bits count units of 2^-24
    return sign | (bits[0]! - 0x3f000000);
  }
  const rounding = 0xfff + ((size >>> 13) & 1);
  return sign | ((size - 0x38000000 + rounding) >>> 13);
}
