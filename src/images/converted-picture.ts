import sharp from 'sharp';
import { bmpPixels } from './bmp-pixels.ts';
import { bmpHeader } from './bmp.ts';
import { heifCodePoints, isPremultiplied } from './code-points.ts';
import { checkDecodable } from './decode-limits.ts';
import type { ConvertedKind } from './file-kind.ts';
import { heicPixels } from './heic.ts';
import { inColourSpace, undoPremultiplied } from './ordinary-file.ts';
import { readHeader } from './pixels.ts';
import { withProfile } from './png-chunks.ts';

/**
 * The picture in a file of a kind that libvips does not decode, as PNG: upright, in the colours that the file names. Rejects if it
 * is damaged, with InputError IMAGE_TOO_LARGE on `field`, before a pixel is decoded, if that would take too much.
 */
export async function convertedPicture(
  file: Uint8Array,
  kind: ConvertedKind,
  field: readonly string[],
): Promise<Uint8Array> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  return kind === 'BMP' ? bmpAsPng(bytes, field) : heicAsPng(bytes, field);
}

async function bmpAsPng(bmp: Buffer, field: readonly string[]): Promise<Uint8Array> {
  const header = bmpHeader(bmp);
  const { width, height, icc } = header;
  checkDecodable(bmp, 'BMP', { autoOrient: { width, height } }, field);
  if (header.compression === 'file') return bmp.subarray(header.start); // a whole JPEG or PNG
  const png = await pngOf({ width, height, rgba: bmpPixels(bmp, header) });
  return icc ? withProfile(png, icc) : png;
}

async function heicAsPng(heic: Buffer, field: readonly string[]): Promise<Uint8Array> {
  const header = await readHeader(heic);
  checkDecodable(heic, 'HEIC', header, field);
  const png = await pngOf(await heicPixels(heic));
  const whole = isPremultiplied(heic) ? await undoPremultiplied(png) : png;
  return header.icc ? withProfile(whole, header.icc) : inColourSpace(whole, heifCodePoints(heic));
}

/** It is stored: worth compressing a little. */
const pngOf = ({ width, height, rgba }: Awaited<ReturnType<typeof heicPixels>>): Promise<Buffer> =>
  sharp(rgba, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
