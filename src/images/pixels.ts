import sharp, { type Metadata, type Sharp } from 'sharp';
import type { RgbImage } from '../engine/index.ts';
import { withoutPngTexts } from './png-text.ts';
import { isPng } from './settings/containers/png-chunks.ts';

// Files come from strangers: only these formats are decoded, each by one library that is kept up to date.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map(
    (library) => `VipsForeignLoad${library}Buffer`,
  ),
});
// Pictures here are small and the cores belong to the engine.
sharp.concurrency(1);
sharp.cache(false);

/** The largest picture that is decoded, in pixels: 8192 × 8192. */
export const MAX_PIXELS = 2 ** 26;

/** What the header of an encoded picture says, before anything is decoded and however large it is. Rejects for no picture. */
export async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  return await sharp(withoutTexts(bytes), { limitInputPixels: false }).metadata(); // sharp() itself throws at no bytes
}

/** Decodes a picture: damage is an error, a warning of the decoder is not; an animation gives its first frame. */
export const openImage = (bytes: Uint8Array, options: { readonly ignoreIcc?: boolean } = {}): Sharp =>
  sharp(withoutTexts(bytes), { ...options, failOn: 'error', limitInputPixels: MAX_PIXELS });

/** libpng inflates every text of a PNG, also when nobody asks for one: a thousand of them take a minute. */
const withoutTexts = (bytes: Uint8Array): Uint8Array => (isPng(bytes) ? withoutPngTexts(bytes) : bytes);

/** Raw pixels as the beginning of a pipeline. */
export const fromRgb = ({ data, width, height }: RgbImage): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } });

/** Raw pixels as the end of a pipeline. */
export async function toRgb(pipeline: Sharp): Promise<RgbImage> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
