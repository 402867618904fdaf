import type { Pixels } from '../masks/inpainting.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import { lanczos } from '../resizing/lanczos.ts';
import { toInterleaved, toPlanes } from '../resizing/planes.ts';
import { resizePlanes } from '../resizing/resize.ts';
import type { LatentShape } from './latent-shape.ts';
import type { DiffusionModel } from './model.ts';
import type { PictureUpscaler } from './picture-upscaler.ts';
import { toBytes, toPixels } from './pixels.ts';
import { planSampling, type SamplingPlan } from './sampling-plan.ts';
import type { Stages } from './stages.ts';
import type { Img2ImgTask, UpscaleTask } from './types.ts';

/** A pass over the enlarged result of the first one. */
export interface SecondPass {
  /** Shape of the enlarged latents. */
  readonly shape: LatentShape;
  readonly plan: SamplingPlan;
  readonly upscale: UpscaleTask;
  /** Absent if latents are resized. */
  readonly upscaler?: PictureUpscaler;
}

/** The second pass of a task; undefined for a task without one. */
export function planSecondPass(
  task: Img2ImgTask,
  { cellSize }: DiffusionModel,
  schedule: NoiseSchedule,
  upscaler: PictureUpscaler | undefined,
): SecondPass | undefined {
  const { upscale } = task;
  if (!upscale) return undefined;
  const { width, height, steps, denoise } = upscale;
  return {
    shape: { batch: 1, height: height / cellSize, width: width / cellSize },
    plan: planSampling({ ...task, schedule, steps, denoise }),
    upscale,
    ...(upscaler && { upscaler }),
  };
}

/**
 * A result of the first pass at its final size: a latent that is sampled again, or a finished picture if
 * there are no steps.
 */
export type Enlarged = { readonly latent: Float32Array } | { readonly picture: Pixels };

/** Enlarges an unscaled latent of the first pass. */
export async function enlarge(
  latent: Float32Array,
  shape: LatentShape,
  { shape: final, plan, upscale, upscaler }: SecondPass,
  model: DiffusionModel,
  stages: Stages,
): Promise<Enlarged> {
  const { height, width } = shape;
  if ('latent' in upscale.by) {
    const planes = { channels: model.latentChannels, height, width, data: latent };
    return { latent: resizePlanes(planes, final.width, final.height, upscale.by.latent).data };
  }
  const picture = await model.decode(latent, height, width);
  const beforeTile = async () => {
    stages.announce({ type: 'stage', stage: 'UPSCALING', totalSteps: null }); // shows that the task is alive
    await stages.turn();
  };
  const upscaled = toInterleaved(await upscaler!.upscale(toPlanes(picture), beforeTile));
  const size = toPixels(lanczos(toBytes(upscaled), upscale.width, upscale.height));
  return plan.totalSteps === 0 ? { picture: size } : { latent: await model.encodeImage(size) };
}
