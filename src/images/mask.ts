import sharp from 'sharp';
import { growMask, type Mask, type RgbImage } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import { decoding } from './decoding.ts';
import { fitImage, scaled } from './fit.ts';
import { fromRgb, openImage, readHeader, toRgb } from './pixels.ts';

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
        `${field.at(-1)!}: expected a picture with transparent areas, got one without an alpha channel`,
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
    if (data.equals(Buffer.alloc(data.length))) {
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
): Promise<Mask> {
  return maskIn(await fitImage(png, { ...size, isMask: true }));
}

/** Grown by so many pixels (shrunk if negative), then its edge blurred by a Gaussian of this standard deviation in pixels. */
export async function softened(mask: Mask, grow: number, blur: number): Promise<Mask> {
  const grown = growMask(mask, grow, 'square');
  if (blur === 0) return grown;
  const { data, ...size } = await toRgb(fromRgb(greyOf(grown)).blur(blur));
  return maskIn({ ...size, data });
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
  mask: Mask,
  padding: number,
  size: { readonly width: number; readonly height: number },
): Region {
  let [left, top, right, bottom] = [mask.width, mask.height, 0, 0];
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[y * mask.width + x] === 0) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
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

/** A mask brought to another size. */
export const scaledMask = async (
  mask: Mask,
  size: { readonly width: number; readonly height: number },
): Promise<Mask> => maskIn(await scaled(greyOf(mask), size, true));

function greyOf({ width, height, data: values }: Mask): RgbImage {
  const data = new Uint8Array(3 * values.length);
  for (let i = 0; i < values.length; i++) {
    const grey = Math.round(values[i]! * 255);
    data[3 * i] = grey;
    data[3 * i + 1] = grey;
    data[3 * i + 2] = grey;
  }
  return { width, height, data };
}

/** Of a grey picture one channel. */
function maskIn({ width, height, data: grey }: RgbImage): Mask {
  const data = new Float32Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = grey[3 * i]! / 255;
  return { width, height, data };
}
