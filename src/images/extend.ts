import { mirrored, type Mask, type RgbImage } from '../engine/index.ts';

/** Pixels that are added at each side. */
export interface Border {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A picture on a larger canvas; what is new shows its mirror image, so that colours go on. */
export function onLargerCanvas(picture: RgbImage, { left, top, right, bottom }: Border): RgbImage {
  const width = picture.width + left + right;
  const height = picture.height + top + bottom;
  const data = new Uint8Array(3 * width * height);
  const columns = Array.from({ length: width }, (_, x) => mirrored(x - left, picture.width));
  for (let y = 0; y < height; y++) {
    const row = mirrored(y - top, picture.height) * picture.width;
    for (let x = 0; x < width; x++) {
      const [from, to] = [3 * (row + columns[x]!), 3 * (y * width + x)];
      data[to] = picture.data[from]!;
      data[to + 1] = picture.data[from + 1]!;
      data[to + 2] = picture.data[from + 2]!;
    }
  }
  return { width, height, data };
}

/**
 * What is new of a canvas, as ComfyUI's padding for outpainting masks it: all of the border, and fading into the picture over
 * `feather` pixels. A picture that is not twice as wide and high as that has a hard edge.
 */
export function borderMask(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  { left, top, right, bottom }: Border,
  feather: number,
): Mask {
  const [wide, high] = [width + left + right, height + top + bottom];
  const data = new Float32Array(wide * high).fill(1);
  const fades = feather > 0 && 2 * feather < width && 2 * feather < height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.min(
        left > 0 ? x : Infinity,
        top > 0 ? y : Infinity,
        right > 0 ? width - x : Infinity,
        bottom > 0 ? height - y : Infinity,
      );
      const near = fades && distance < feather ? (feather - distance) / feather : 0;
      data[(top + y) * wide + left + x] = near ** 2;
    }
  }
  return { width: wide, height: high, data };
}
