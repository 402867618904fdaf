import type { RgbImage } from '../engine/index.ts';
import { fromRgb, toRgb } from './pixels.ts';

/** One axis of an enlargement: pixel i of the outcome shows the source at (i + ½ + offset) ÷ scale, pixels counted from the edge. */
export interface Stretch {
  /** At least 1. */
  readonly scale: number;
  /** What is cut off before the first pixel, in enlarged pixels. */
  readonly offset: number;
  /** Pixels of the outcome. */
  readonly length: number;
}

/** How values between pixels are found. Bicubic overshoots at edges, bilinear never leaves the range of its neighbours. */
export type Interpolation = 'bicubic' | 'bilinear';

/** Pixels that bicubic interpolation looks at beyond a place, on either side. */
const REACH = 2;

/**
 * Enlarges a picture smoothly, edges repeated, with every pixel's centre in its place: libvips' own `resize` sets
 * what grows half a pixel of the outcome right and down.
 */
export async function enlarge(
  image: RgbImage,
  across: Stretch,
  down: Stretch,
  interpolation: Interpolation = 'bicubic',
): Promise<RgbImage> {
  const [columns, rows] = [sourceOf(across, image.width), sourceOf(down, image.height)];
  const framed = await toRgb(
    fromRgb(image)
      .extract({ left: columns.first, top: rows.first, width: columns.count, height: rows.count })
      .extend({
        left: columns.before,
        right: columns.after,
        top: rows.before,
        bottom: rows.after,
        extendWith: 'copy',
      }),
  );
  // What is short first: thin pictures would become huge between.
  if (across.length <= down.length) {
    return stretchedDown(
      await stretchedAcross(framed, across, columns.from, interpolation),
      down,
      rows.from,
      interpolation,
    );
  }
  return stretchedAcross(
    await stretchedDown(framed, down, rows.from, interpolation),
    across,
    columns.from,
    interpolation,
  );
}

async function stretchedAcross(
  image: RgbImage,
  stretch: Stretch,
  from: number,
  interpolator: Interpolation,
): Promise<RgbImage> {
  const { scale, length } = stretch;
  const wide = await toRgb(
    fromRgb(image).affine([scale, 0, 0, 1], { interpolator, odx: shift(stretch, from) }),
  );
  return toRgb(fromRgb(wide).extract({ left: 0, top: 0, width: length, height: image.height }));
}

async function stretchedDown(
  image: RgbImage,
  stretch: Stretch,
  from: number,
  interpolator: Interpolation,
): Promise<RgbImage> {
  const { scale, length } = stretch;
  const { data } = await toRgb(
    fromRgb(image).affine([1, 0, 0, scale], { interpolator, ody: shift(stretch, from) }),
  );
  const { width } = image;
  return { width, height: length, data: data.subarray(0, width * length * 3) };
}

/** The pixels of an axis of so many that its part of the outcome is made of, and how often its edges are to be repeated. */
export function sourceOf({ scale, offset, length }: Stretch, pixels: number) {
  const from = Math.floor(offset / scale) - REACH;
  const to = Math.ceil((offset + length) / scale) + REACH;
  const first = Math.max(0, from);
  const count = Math.min(pixels, to) - first;
  return { from, first, count, before: first - from, after: to - (first + count) };
}

/** Where the centre of pixel `from` goes, counted from the centre of the outcome's first pixel. */
const shift = ({ scale, offset }: Stretch, from: number): number => (from + 0.5) * scale - offset - 0.5;
