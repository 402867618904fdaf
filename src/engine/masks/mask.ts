const f32 = Math.fround;

/** What to repaint: 1 repaint, 0 keep. Top row first. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** `width · height` values from 0 to 1. */
  readonly data: Float32Array;
}

/** Bilinear resize with half-pixel centres and no antialiasing. */
export function resizeMask(mask: Mask, width: number, height: number): Mask {
  if (width === mask.width && height === mask.height) return mask;
  const columns = taps(mask.width, width);
  const rows = taps(mask.height, height);
  const data = new Float32Array(width * height);
  rows.forEach((row, y) => {
    const upper = mask.data.subarray(row.low * mask.width);
    const lower = mask.data.subarray(row.high * mask.width);
    for (let x = 0; x < width; x++) {
      const { low, high, w } = columns[x]!;
      const above = upper[low]! * (1 - w) + upper[high]! * w;
      const below = lower[low]! * (1 - w) + lower[high]! * w;
      data[y * width + x] = above * (1 - row.w) + below * row.w;
    }
  });
  return { width, height, data };
}

/**
 * For each position of a resized axis, the two adjacent source positions and the weight of the higher one.
 */
function taps(from: number, to: number): { low: number; high: number; w: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const source = Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const low = Math.min(Math.floor(source), from - 1);
    return { low, high: Math.min(low + 1, from - 1), w: source - low };
  });
}

/** Crops a mask. */
export function cropMask(mask: Mask, left: number, top: number, width: number, height: number): Mask {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * mask.width + left;
    data.set(mask.data.subarray(start, start + width), y * width);
  }
  return { width, height, data };
}

/** Rounds a mask to 0 and 1, ties to even: 0.5 becomes 0. */
export const roundMask = (mask: Mask): Mask => ({
  ...mask,
  data: mask.data.map((value) => (value > 0.5 ? 1 : 0)),
});

/**
 * Greyscale dilation by `pixels`, or erosion if negative: over a square with square corners, over a diamond
 * with tapered ones. Pixels outside the picture are ignored.
 */
export function growMask(mask: Mask, pixels: number, corners: 'square' | 'tapered'): Mask {
  if (pixels < 0) return negated(growMask(negated(mask), -pixels, corners));
  if (corners === 'square') return largestAround(mask, 2 * pixels + 1, pixels);
  let grown = mask;
  for (let i = 0; i < pixels; i++) {
    const across = largestOfRows(grown, 3, 1);
    const down = transposed(largestOfRows(transposed(grown), 3, 1));
    grown = { ...grown, data: across.data.map((value, at) => Math.max(value, down.data[at]!)) };
  }
  return grown;
}

const negated = (mask: Mask): Mask => ({ ...mask, data: mask.data.map((value) => -value) });

/**
 * Maximum filter: for each pixel, the maximum in a square with sides of `length` pixels that begins `before`
 * pixels to the left of and above it.
 */
export function largestAround(mask: Mask, length: number, before: number): Mask {
  return transposed(largestOfRows(transposed(largestOfRows(mask, length, before)), length, before));
}

/**
 * One-dimensional maximum filter along each row, over `length` pixels that begin `before` pixels to the left
 * (van Herk 1992: three comparisons per pixel).
 */
function largestOfRows({ width, height, data }: Mask, length: number, before: number): Mask {
  const out = new Float32Array(data.length);
  const padded = Math.ceil((width + length - 1) / length) * length;
  const row = new Float32Array(padded).fill(-Infinity);
  const fromStart = new Float32Array(padded); // running maximum within each segment of `length`
  const fromEnd = new Float32Array(padded);
  for (let y = 0; y < height; y++) {
    row.set(data.subarray(y * width, (y + 1) * width), before);
    for (let i = 0; i < padded; i++) {
      const [forward, backward] = [row[i]!, row[padded - 1 - i]!];
      const isFirst = i % length === 0;
      fromStart[i] = isFirst ? forward : Math.max(fromStart[i - 1]!, forward);
      const at = padded - 1 - i;
      fromEnd[at] = isFirst ? backward : Math.max(fromEnd[at + 1]!, backward);
    }
    for (let x = 0; x < width; x++) out[y * width + x] = Math.max(fromEnd[x]!, fromStart[x + length - 1]!);
  }
  return { width, height, data: out };
}

function transposed({ width, height, data }: Mask): Mask {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = data[y * width + x]!;
  return { width: height, height: width, data: out };
}

/** Width of the fade at each side, in pixels. */
export interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Fades a mask towards its edges: a pixel at distance d from a side is multiplied by (d + 1) / width of that
 * side's fade.
 */
export function featherMask({ width, height, data }: Mask, { left, top, right, bottom }: Sides): Mask {
  const fade = (distance: number, over: number) => (distance < over ? f32((distance + 1) / over) : 1);
  const out = data.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sides = [
        fade(x, Math.min(left, width)),
        fade(width - 1 - x, Math.min(right, width)),
        fade(y, Math.min(top, height)),
        fade(height - 1 - y, Math.min(bottom, height)),
      ];
      out[y * width + x] = sides.reduce((value, factor) => f32(value * factor), out[y * width + x]!);
    }
  }
  return { width, height, data: out };
}
