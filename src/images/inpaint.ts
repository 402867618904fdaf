import { composite, cropMask, type InpaintTask, type Mask, type RgbImage } from '../engine/index.ts';
import type { Img2ImgSettings, JobExtend, JobMask, SourceImage } from '../jobs/request.ts';
import { borderMask, onLargerCanvas } from './extend.ts';
import { fitImage, scaled } from './fit.ts';
import { cut, fitMask, maskedRegion, type Region, scaledMask, softened } from './mask.ts';

/** What the engine gets of a masked picture, and how its results become whole pictures again. */
export interface Inpainting {
  readonly image: RgbImage;
  readonly inpaint: InpaintTask;
  /** The part of the source that is repainted; absent: all of it. */
  readonly region?: Region;
  /** The whole picture; what the mask keeps is the source, byte for byte. */
  readonly finish: (result: RgbImage) => Promise<RgbImage>;
}

/** Prepares a masked job. `source` and `mask` are the stored files of the request's source and mask. */
export function prepareInpainting(
  request: Img2ImgSettings & { readonly source: SourceImage; readonly mask: JobMask },
  source: Uint8Array,
  mask: Uint8Array,
): Promise<Inpainting> {
  return request.mask.area === 'WHOLE'
    ? wholePicture(request, source, mask)
    : aroundMask(request, source, mask);
}

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

type Request = Parameters<typeof prepareInpainting>[0];

async function wholePicture(request: Request, source: Uint8Array, file: Uint8Array): Promise<Inpainting> {
  const { width, height, resizeMode: mode } = request;
  const image = await fitImage(source, { width, height, mode });
  const mask = await softened(
    await fitMask(file, { width, height, mode }),
    request.mask.grow,
    request.mask.blur,
  );
  return {
    image,
    inpaint: taskOf(request.mask, mask),
    finish: (result) => Promise.resolve(composite(image, result, mask)),
  };
}

/** Only the region around the mask is repainted, at the job's size; the result is as large as the source. */
async function aroundMask(request: Request, source: Uint8Array, file: Uint8Array): Promise<Inpainting> {
  const { width, height } = request;
  const whole = { width: request.source.width, height: request.source.height, mode: 'STRETCH' } as const;
  const picture = await fitImage(source, whole);
  const plane = await fitMask(file, whole);
  const region = maskedRegion(plane, request.mask.padding, { width, height });
  const { left, top } = region;
  const part = cropMask(plane, left, top, region.width, region.height);
  const mask = await softened(
    await scaledMask(part, { width, height }),
    request.mask.grow,
    request.mask.blur,
  );
  const fading = await scaledMask(mask, region);
  return {
    image: await scaled(cut(picture, region), { width, height }),
    inpaint: taskOf(request.mask, mask),
    region,
    finish: async (result) => composite(picture, await scaled(result, region), fading, left, top),
  };
}

const taskOf = ({ fill, differential }: JobMask, mask: Mask): InpaintTask => ({
  mask,
  fill,
  ...(differential !== null && { differential }),
});
