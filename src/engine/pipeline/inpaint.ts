import { blankMasked } from '../masks/inpainting.ts';
import { roundMask, type Mask } from '../masks/mask.ts';
import { resizePlanes } from '../resizing/resize.ts';
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
  /** What some networks read beside the latent. */
  readonly beside?: Float32Array;
}

/** Encodes the source, as the mask and the network want it; without a source an empty latent. */
export async function startingPoint(
  { image, inpaint }: Pick<Img2ImgTask, 'image' | 'inpaint'>,
  model: DiffusionModel,
  { height, width }: LatentShape,
): Promise<StartingPoint> {
  const { inpainting, readsSource, latentChannels, latentFormat } = model;
  const unmasked = inpainting && { beside: inpainting.unmasked(height, width) };
  const source = image ? await model.encodeImage(image) : new Float32Array(latentChannels * height * width);
  const whole = { latent: source, ...(readsSource && { beside: source }) };
  if (!image || !inpaint) return { ...whole, ...unmasked };
  const { mask, differential } = inpaint;
  const common = { mask, ...(differential !== undefined && { differential }) };
  const blanked = () => model.encodeImage(blankMasked(toPixels(image), mask));
  if (inpainting) {
    const hidden = toModelSpace(await blanked(), latentFormat);
    const beside = inpainting.masked(mask, hidden, height, width);
    return { ...common, latent: source, beside };
  }
  const isBlank = inpaint.fill === 'BLANK';
  return { ...whole, ...common, ...(isBlank && { mask: roundMask(mask), latent: await blanked() }) };
}

/** What a second pass of another size reads beside its own latents; `first` is what the first one began with. */
export function besideAgain(
  { beside }: Pick<StartingPoint, 'beside'>,
  { inpainting, readsSource, latentChannels: channels }: DiffusionModel,
  from: LatentShape,
  { height, width }: LatentShape,
): Pick<StartingPoint, 'beside'> {
  if (inpainting) return { beside: inpainting.unmasked(height, width) };
  if (!readsSource || !beside) return {};
  return { beside: resizePlanes({ ...from, channels, data: beside }, width, height, 'bilinear').data };
}
