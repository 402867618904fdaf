const f32 = Math.fround;

/** What to repaint: 1 repaint, 0 keep; rows from the top. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** `width · height` values from 0 to 1. */
  readonly data: Float32Array;
}

/** Bilinear resize with half-pixel centres and no antialiasing. */
export function resizeMask(mask: Mask, width: number, height: number): Mask {
  const columns = taps(mask.width, width);
  const rows = taps(mask.height, height);
  const data = new Float32Array(width * height);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      const at = (r: number, c: number) => mask.data[r * mask.width + c]!;
      const above = at(row.low, column.low) * (1 - column.w) + at(row.low, column.high) * column.w;
      const below = at(row.high, column.low) * (1 - column.w) + at(row.high, column.high) * column.w;
      data[y * width + x] = above * (1 - row.w) + below * row.w;
    });
  });
  return { width, height, data };
}

/** For each position of a resized axis the two source positions beside it and the weight of the higher. */
function taps(from: number, to: number): { low: number; high: number; w: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const source = Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const low = Math.min(Math.floor(source), from - 1);
    return { low, high: Math.min(low + 1, from - 1), w: source - low };
  });
}

/** The part of a mask that begins at a corner. */
export function cropMask(mask: Mask, left: number, top: number, width: number, height: number): Mask {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * mask.width + left;
    data.set(mask.data.subarray(start, start + width), y * width);
  }
  return { width, height, data };
}

/** Only zeros and ones, ties to the even one: 0.5 becomes 0. */
export const roundMask = (mask: Mask): Mask => ({
  ...mask,
  data: mask.data.map((value) => (value > 0.5 ? 1 : 0)),
});

/** 0 becomes 1. */
export const invertMask = (mask: Mask): Mask => ({ ...mask, data: mask.data.map((value) => 1 - value) });

/**
 * Grey dilation by so many pixels, or erosion if negative. With square corners the neighbours on the diagonal count,
 * tapered ones leave them out. Outside the picture there is nothing that counts.
 */
export function growMask(mask: Mask, pixels: number, corners: 'square' | 'tapered' = 'tapered'): Mask {
  const better = pixels < 0 ? Math.min : Math.max;
  let grown = mask;
  for (let i = 0; i < Math.abs(pixels); i++) {
    const across = bestNeighbour(grown, 1, 0, better);
    grown =
      corners === 'square'
        ? bestNeighbour(across, 0, 1, better)
        : both(across, bestNeighbour(grown, 0, 1, better), better);
  }
  return grown;
}

type Better = (a: number, b: number) => number;

/** The better one of each value and the two beside it, at (±dx, ±dy). */
function bestNeighbour({ width, height, data }: Mask, dx: number, dy: number, better: Better): Mask {
  const out = data.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (x >= dx && y >= dy) out[at] = better(out[at]!, data[at - dx - dy * width]!);
      if (x + dx < width && y + dy < height) out[at] = better(out[at]!, data[at + dx + dy * width]!);
    }
  }
  return { width, height, data: out };
}

const both = (a: Mask, b: Mask, better: Better): Mask => ({
  ...a,
  data: a.data.map((value, i) => better(value, b.data[i]!)),
});

/** Pixels over which each side fades. */
export interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Fades a mask towards its edges: the pixel at distance d from a side counts (d + 1) / width of that side's fade. */
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
