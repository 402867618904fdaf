import { blankMasked } from '../masks/inpainting.ts';
import { roundMask, type Mask } from '../masks/mask.ts';
import { resizePlanes } from '../resizing/resize.ts';
import { toModelSpace } from './latent-format.ts';
import type { LatentShape } from './latent-shape.ts';
import type { DiffusionModel } from './model.ts';
import { toPixels } from './pixels.ts';
import type { Img2ImgTask } from './types.ts';

/** The initial latent of a run and the region that it may change. */
export interface StartingPoint {
  /** Unscaled. */
  readonly latent: Float32Array;
  /** Region that may change; everything if absent. */
  readonly mask?: Mask;
  /** Strength of differential diffusion; see differentialMask. */
  readonly differential?: number;
  /** Additional input channels of some networks. */
  readonly beside?: Float32Array;
}

/** Encodes the source as required by the mask and the network. Without a source, the latent is empty. */
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

/**
 * The additional input channels of a second pass of another size. The first argument is the first pass's
 * starting point.
 */
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
