import type { RgbImage } from '../engine/index.ts';
import type { Img2ImgSettings, JobImage } from '../jobs/job.ts';
import { generationText } from './generation-text.ts';
import { fromRgb } from './pixels.ts';
import { withoutDensity } from './png-chunks.ts';
import { withPngText } from './png-text.ts';

/** What a result image remembers of its making. */
export interface ImageOrigin {
  readonly request: Img2ImgSettings;
  readonly image: Pick<JobImage, 'index' | 'seed'>;
}

/**
 * Encodes a result as PNG, losslessly, with its settings in two texts: `parameters` as A1111's web UI writes it, and
 * `latentql`, JSON `{ request, index, seed }`. The address and the hash of the source image stay out of both: whoever has the
 * result could find the source by them.
 */
export async function encodePng(
  image: RgbImage,
  { request, image: { index, seed } }: ImageOrigin,
): Promise<Buffer> {
  const png = withoutDensity(await fromRgb(image).png().toBuffer());
  const { imageUrl: _, source, ...settings } = request;
  const shown = { ...settings, source: source && { width: source.width, height: source.height } };
  return withPngText(png, {
    parameters: generationText(request, { seed, width: image.width, height: image.height }),
    latentql: JSON.stringify({ request: shown, index, seed }),
  });
}
