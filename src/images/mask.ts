import { InputError } from '../input-error.ts';
import { growMask, type RgbImage } from '../engine/index.ts';
import { decoding } from './decoding.ts';
import { fitImage, scaled } from './fit.ts';
import { openImage, readHeader } from './pixels.ts';
import sharp from 'sharp';

/** One value a pixel, 255 repaints, 0 keeps; rows from the top. */
export interface MaskPlane {
  readonly width: number;
  readonly height: number;
  /** `width · height` values. */
  readonly data: Uint8Array;
}

/** How the picture of a mask is read. */
export interface MaskReading {
  /** Its brightness, or how far it is transparent. */
  readonly from: 'brightness' | 'transparency';
  readonly invert: boolean;
}

/**
 * The mask in a picture that `inspectImage` has accepted, as a grey PNG of the size given. Throws InputError on `field` if it
 * would repaint nothing.
 */
export function readMask(
  bytes: Uint8Array,
  { from, invert }: MaskReading,
  size: { readonly width: number; readonly height: number },
  field: readonly string[],
): Promise<Buffer> {
  return decoding.run(async () => {
    const { hasAlpha } = await readHeader(bytes);
    if (from === 'transparency' && !hasAlpha) {
      throw new InputError(
        'INVALID_VALUE',
        field,
        `${field.at(-1)!}: expected a picture with transparent places, got one without an alpha channel`,
      );
    }
    const seen = openImage(bytes).autoOrient();
    const plane =
      from === 'transparency'
        ? seen.extractChannel('alpha').negate()
        : seen.flatten({ background: 'black' }).toColourspace('b-w').extractChannel(0);
    const whole = plane.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
    const { data, info } = await (invert ? whole.negate() : whole)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (!data.some((value) => value > 0)) {
      throw new InputError(
        'INVALID_VALUE',
        field,
        `${field.at(-1)!}: expected a mask that repaints something (white), got one that keeps everything (black)`,
      );
    }
    const raw = { width: info.width, height: info.height, channels: 1 } as const;
    return sharp(data, { raw }).png().toBuffer();
  });
}

/** A stored mask brought to a size as `fitImage` brings the picture it belongs to. */
export async function fitMask(
  png: Uint8Array,
  size: { readonly width: number; readonly height: number; readonly mode: 'CROP' | 'FIT' | 'STRETCH' },
): Promise<MaskPlane> {
  return planeOf(await fitImage(png, { ...size, isMask: true }));
}

/** Grown by so many pixels (shrunk if negative), then its edge blurred by a Gaussian of this standard deviation in pixels. */
export async function softened(mask: MaskPlane, grow: number, blur: number): Promise<MaskPlane> {
  const { width, height } = mask;
  const values = growMask({ ...mask, data: Float32Array.from(mask.data) }, grow).data;
  const grown = Uint8Array.from(values);
  if (blur === 0) return { width, height, data: grown };
  const raw = { width, height, channels: 1 } as const;
  const { data } = await sharp(grown, { raw })
    .blur(blur)
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8Array(data) };
}

/** `repainted` where the mask says so, over `kept`: where the mask is 0 every byte is that of `kept`. All have one size. */
export function composited(repainted: RgbImage, kept: RgbImage, mask: MaskPlane): RgbImage {
  const data = kept.data.slice();
  mask.data.forEach((weight, pixel) => {
    if (weight === 0) return;
    for (let at = 3 * pixel; at < 3 * pixel + 3; at++)
      data[at] = Math.round((weight * repainted.data[at]! + (255 - weight) * kept.data[at]!) / 255);
  });
  return { ...kept, data };
}

/** A rectangle of a picture, in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The smallest region around what a mask repaints, with `padding` pixels on each side, made wider or higher to the proportions
 * of a size as far as the picture reaches.
 */
export function maskedRegion(
  mask: MaskPlane,
  padding: number,
  size: { readonly width: number; readonly height: number },
): Region {
  let [left, top, right, bottom] = [mask.width, mask.height, 0, 0];
  mask.data.forEach((value, i) => {
    if (value === 0) return;
    const [x, y] = [i % mask.width, Math.floor(i / mask.width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  const ratio = size.width / size.height;
  const wanted = { width: right - left + 2 * padding, height: bottom - top + 2 * padding };
  const width = Math.max(wanted.width, Math.round(wanted.height * ratio));
  const height = Math.max(wanted.height, Math.round(wanted.width / ratio));
  const across = within((left + right) / 2, width, mask.width);
  const down = within((top + bottom) / 2, height, mask.height);
  return { left: across.start, top: down.start, width: across.length, height: down.length };
}

/** A stretch of so many pixels around a centre that stays between 0 and `most`. */
function within(centre: number, wanted: number, most: number): { start: number; length: number } {
  const length = Math.min(wanted, most);
  const start = Math.round(Math.min(Math.max(centre - length / 2, 0), most - length));
  return { start, length };
}

/** A region of a picture. */
export function cut(image: RgbImage, { left, top, width, height }: Region): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * image.width + left);
    data.set(image.data.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { width, height, data };
}

/** A picture with another in place of one of its regions. */
export function pasted(image: RgbImage, patch: RgbImage, { left, top, width, height }: Region): RgbImage {
  const data = image.data.slice();
  for (let y = 0; y < height; y++) {
    const row = patch.data.subarray(3 * y * width, 3 * (y + 1) * width);
    data.set(row, 3 * ((top + y) * image.width + left));
  }
  return { ...image, data };
}

/** A mask brought to another size. */
export const scaledMask = async (
  mask: MaskPlane,
  size: { readonly width: number; readonly height: number },
): Promise<MaskPlane> => planeOf(await scaled(greyOf(mask), size, true));

const greyOf = ({ width, height, data }: MaskPlane): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!),
});

const planeOf = ({ width, height, data }: RgbImage): MaskPlane => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) => data[3 * i]!),
});
