import type { RgbImage } from './types.ts';

const f32 = Math.fround;

/** Height and width in pixels. */
interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * Converts a control's picture to planes [channels,height,width] in 0..1 at the size that its network
 * expects: cropped around the centre to the proportions of that size, then resized by nearest neighbour. A
 * single channel is the mean of the colours.
 */
export function fitHint(image: RgbImage, { height, width }: Size, channels: number): Float32Array {
  const [left, top] = margins(image, { height, width });
  const columns = nearest(image.width - 2 * left, width).map((x) => left + x);
  const rows = nearest(image.height - 2 * top, height).map((y) => top + y);
  const plane = height * width;
  const out = new Float32Array(channels * plane);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (rows[y]! * image.width + columns[x]!);
      const red = f32(image.data[from]! / 255);
      const green = f32(image.data[from + 1]! / 255);
      const blue = f32(image.data[from + 2]! / 255);
      const to = y * width + x;
      out[to] = channels === 1 ? f32(f32(red + green) + blue) / 3 : red;
      if (channels === 1) continue;
      out[plane + to] = green;
      out[2 * plane + to] = blue;
    }
  }
  return out;
}

/** Margins that are cropped on both sides, left and right, or top and bottom. */
function margins({ width, height }: Size, to: Size): [left: number, top: number] {
  const [own, wanted] = [width / height, to.width / to.height];
  if (own > wanted) return [roundHalfEven((width - width * (wanted / own)) / 2), 0];
  if (own < wanted) return [0, roundHalfEven((height - height * (own / wanted)) / 2)];
  return [0, 0];
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The source pixel nearest to each of `to` positions, in float32 (torch's nearest-exact). */
function nearest(from: number, to: number): number[] {
  const scale = f32(from / to);
  return Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor(f32((i + 0.5) * scale))));
}
