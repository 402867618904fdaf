import { blankMasked } from '../masks/inpainting.ts';
import { roundMask, type Mask } from '../masks/mask.ts';
import { toModelSpace } from './latent-format.ts';
import type { LatentShape } from './latent-shape.ts';
import type { DiffusionModel } from './model.ts';
import { toPixels } from './pixels.ts';
import type { Img2ImgTask } from './types.ts';

/** What a run starts from, and what it may change. */
export interface StartingPoint {
  /** Unscaled. */
  readonly latent: Float32Array;
  /** Absent: all of it may change. */
  readonly mask?: Mask;
  readonly differential?: number;
  /** What an inpainting network reads beside the latent. */
  readonly beside?: Float32Array;
}

/** Encodes the source, as the mask and the network want it; without a source an empty latent. */
export async function startingPoint(
  { image, inpaint }: Pick<Img2ImgTask, 'image' | 'inpaint'>,
  model: DiffusionModel,
  { height, width }: LatentShape,
): Promise<StartingPoint> {
  const { inpainting, latentChannels, latentFormat } = model;
  const unmasked = inpainting && { beside: inpainting.unmasked(height, width) };
  if (!image) return { latent: new Float32Array(latentChannels * height * width), ...unmasked };
  if (!inpaint) return { latent: await model.encodeImage(image), ...unmasked };
  const { mask, differential } = inpaint;
  const common = { mask, ...(differential !== undefined && { differential }) };
  const blanked = () => model.encodeImage(blankMasked(toPixels(image), mask));
  if (inpainting) {
    const hidden = toModelSpace(await blanked(), latentFormat);
    const beside = inpainting.masked(mask, hidden, height, width);
    return { ...common, latent: await model.encodeImage(image), beside };
  }
  if (inpaint.fill === 'BLANK') return { ...common, mask: roundMask(mask), latent: await blanked() };
  return { ...common, latent: await model.encodeImage(image) };
}
