import { composite } from '../engine/index.ts';
import { borderMask, onLargerCanvas } from '../images/extend.ts';
import { fitImage } from '../images/fit.ts';
import type { Inpainting } from './inpaint.ts';
import type { Img2ImgSettings, JobExtend } from './job.ts';

/** Prepares a job that extends its source; `source` is the stored file. */
export async function prepareExtension(
  { width, height, resizeMode: mode, extend }: Img2ImgSettings & { readonly extend: JobExtend },
  source: Uint8Array,
): Promise<Inpainting> {
  const picture = await fitImage(source, { width, height, mode });
  const image = onLargerCanvas(picture, extend);
  const mask = borderMask(picture, extend, extend.feather);
  return {
    image,
    inpaint: { mask, fill: 'ORIGINAL' },
    finish: (result) => Promise.resolve(composite(image, result, mask)),
  };
}
