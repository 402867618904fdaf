import { InputError } from '../../../input-error.ts';
import { spells } from './bytes.ts';
import { addExif, isTiff } from './exif.ts';
import { addHeifTexts, isHeif } from './isobmff.ts';
import { addJpegTexts, isJpeg } from './jpeg.ts';
import { addPngTexts } from './png.ts';
import { isPng } from './png-chunks.ts';
import { Texts } from './texts.ts';
import { addWebpTexts, isWebp } from './webp.ts';

/**
 * Every text that a picture's file carries. Throws InputError IMAGE_INVALID for what is no PNG, JPEG, WebP, AVIF, HEIF, TIFF or GIF;
 * a damaged picture gives the texts that can be read.
 */
export async function textsOf(bytes: Uint8Array): Promise<Texts> {
  const texts = new Texts();
  if (isPng(bytes)) await addPngTexts(bytes, texts);
  else if (isJpeg(bytes)) addJpegTexts(bytes, texts);
  else if (isWebp(bytes)) addWebpTexts(bytes, texts);
  else if (isHeif(bytes)) addHeifTexts(bytes, texts);
  else if (isTiff(bytes)) addExif(bytes, texts);
  else if (!spells(bytes, 0, 'GIF8')) {
    const message = `image: expected a PNG, JPEG, WebP, AVIF, GIF or TIFF image, got ${bytes.length} bytes of something else`;
    throw new InputError('IMAGE_INVALID', ['image'], message);
  }
  return texts;
}
