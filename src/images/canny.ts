import { setImmediate as turn } from 'node:timers/promises';
import type { RgbImage } from '../engine/index.ts';

/** Gradients (|∂x| + |∂y|, 0..2040) from which a pixel is an edge if it leads to one, and from which it is one. */
export interface CannyThresholds {
  readonly low: number;
  readonly high: number;
}

/** Rows between which other work may run: a millisecond or two. */
const BAND = 64;

/** Tangent of 22.5° and of 67.5°. */
const [FLAT, STEEP] = [Math.tan(Math.PI / 8), Math.tan((3 * Math.PI) / 8)];

const EDGE = 255;

/**
 * Edges in white on black (Canny 1986), as OpenCV finds them without smoothing: Sobel's gradient of the colour that changes most,
 * thinned to its ridges, and of these what is strong or connected to it.
 */
export async function canny(image: RgbImage, { low, high }: CannyThresholds): Promise<RgbImage> {
  const gradient = await gradientOf(image);
  const ridges = await ridgesOf(image, gradient, low);
  return edgesOf(image, ridges, gradient.size, high);
}

/** Of each pixel. */
interface Gradient {
  readonly x: Int16Array;
  readonly y: Int16Array;
  readonly size: Uint16Array;
}

/** Sobel's, with the border pixels repeated beyond it. */
async function gradientOf({ width, height, data }: RgbImage): Promise<Gradient> {
  const pixels = width * height;
  const gradient = { x: new Int16Array(pixels), y: new Int16Array(pixels), size: new Uint16Array(pixels) };
  for (let y = 0; y < height; y++) {
    if (y % BAND === BAND - 1) await turn();
    const above = 3 * width * Math.max(0, y - 1);
    const here = 3 * width * y;
    const below = 3 * width * Math.min(height - 1, y + 1);
    for (let x = 0; x < width; x++) {
      const left = 3 * Math.max(0, x - 1);
      const middle = 3 * x;
      const right = 3 * Math.min(width - 1, x + 1);
      const at = y * width + x;
      for (let c = 0; c < 3; c++) {
        const across =
          data[above + right + c]! -
          data[above + left + c]! +
          2 * (data[here + right + c]! - data[here + left + c]!) +
          data[below + right + c]! -
          data[below + left + c]!;
        const down =
          data[below + left + c]! -
          data[above + left + c]! +
          2 * (data[below + middle + c]! - data[above + middle + c]!) +
          data[below + right + c]! -
          data[above + right + c]!;
        const size = Math.abs(across) + Math.abs(down);
        if (c > 0 && size <= gradient.size[at]!) continue;
        gradient.x[at] = across;
        gradient.y[at] = down;
        gradient.size[at] = size;
      }
    }
  }
  return gradient;
}

/** Pixels above the threshold whose gradient is largest along its own direction, which is one of four. */
async function ridgesOf(
  { width, height }: RgbImage,
  { x: gx, y: gy, size }: Gradient,
  low: number,
): Promise<Uint8Array> {
  const ridges = new Uint8Array(width * height);
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : size[y * width + x]!;
  for (let y = 0; y < height; y++) {
    if (y % BAND === BAND - 1) await turn();
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const own = size[i]!;
      if (own <= low) continue;
      const [across, down] = [Math.abs(gx[i]!), Math.abs(gy[i]!)];
      const sign = gx[i]! < 0 === gy[i]! < 0 ? 1 : -1;
      const isRidge =
        down < across * FLAT
          ? own > at(x - 1, y) && own >= at(x + 1, y)
          : down > across * STEEP
            ? own > at(x, y - 1) && own >= at(x, y + 1)
            : own > at(x - sign, y - 1) && own > at(x + sign, y + 1);
      if (isRidge) ridges[i] = 1;
    }
  }
  return ridges;
}

/** From every strong pixel along the ridges. */
function edgesOf({ width, height }: RgbImage, ridges: Uint8Array, size: Uint16Array, high: number): RgbImage {
  const data = new Uint8Array(3 * width * height);
  const open: number[] = [];
  const mark = (i: number) => {
    ridges[i] = 0;
    data.fill(EDGE, 3 * i, 3 * i + 3);
    open.push(i);
  };
  for (let i = 0; i < ridges.length; i++) {
    if (ridges[i] === 0 || size[i]! <= high) continue;
    mark(i);
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      const [x, y] = [from % width, Math.floor(from / width)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++)
          if (ridges[v * width + u] === 1) mark(v * width + u);
    }
  }
  return { width, height, data };
}
