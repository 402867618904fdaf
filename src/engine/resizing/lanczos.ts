/** Interleaved 8-bit values, top row first. */
interface Bytes {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Fraction bits of a weight. */
const PRECISION = 22;

/** Lobes of the kernel on each side. */
const SUPPORT = 3;

/** Lanczos resampling (Turkowski 1990) in fixed point, bit-identical to Pillow: columns first, then rows. */
export function lanczos(picture: Bytes, width: number, height: number): Bytes {
  const channels = picture.data.length / (picture.width * picture.height);
  const across = resampled(picture.data, picture.width, width, {
    outer: picture.height,
    inner: channels,
  });
  return {
    width,
    height,
    data: resampled(across, picture.height, height, { outer: 1, inner: width * channels }),
  };
}

/** Resamples the middle axis of [outer, from, inner]. */
function resampled(
  data: Uint8Array,
  from: number,
  to: number,
  { outer, inner }: { readonly outer: number; readonly inner: number },
): Uint8Array {
  if (from === to) return data;
  const out = new Uint8Array(outer * to * inner);
  weightsOf(from, to).forEach(({ start, weights }, position) => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = 2 ** (PRECISION - 1);
        weights.forEach((weight, k) => (sum += data[(o * from + start + k) * inner + i]! * weight));
        out[(o * to + position) * inner + i] = Math.min(Math.max(Math.floor(sum / 2 ** PRECISION), 0), 255);
      }
    }
  });
  return out;
}

/** The first source position that contributes to each position, and the weights from there on. */
function weightsOf(from: number, to: number): { start: number; weights: number[] }[] {
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const reach = SUPPORT * widening;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach + 0.5), from);
    const raw = Array.from({ length: end - start }, (__, k) => kernel((start + k - centre + 0.5) / widening));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    const fixed = raw.map((weight) => (weight / sum) * 2 ** PRECISION);
    return { start, weights: fixed.map((weight) => Math.trunc(weight + (weight < 0 ? -0.5 : 0.5))) };
  });
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const kernel = (x: number): number => (x >= -SUPPORT && x < SUPPORT ? sinc(x) * sinc(x / SUPPORT) : 0);
