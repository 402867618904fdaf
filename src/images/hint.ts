import type { RgbImage } from '../engine/index.ts';
import { canvasOf, type Img2ImgSettings, type JobControl } from '../jobs/request.ts';
import { fitImage, scaled } from './fit.ts';
import { cut, type Region } from './mask.ts';
import { preprocess } from './preprocess.ts';

/** The pictures of a job that a control may read. */
export interface HintSources {
  /** The stored file of the control's own picture; null: it reads the job's source. */
  readonly own: Uint8Array | null;
  /** The source as the engine gets it; null for text to image. */
  readonly image: RgbImage | null;
  /** The part of the source that is repainted; absent: all of it. */
  readonly region?: Region | undefined;
}

/**
 * What a control of a job reads: its picture, brought to the size of the first pass before anything is made of it; beside an
 * extended source it shows all of the larger canvas.
 */
export const hintOf = async (
  control: JobControl,
  request: Img2ImgSettings,
  sources: HintSources,
): Promise<RgbImage> => preprocess(await pictureOf(control, request, sources), control.how);

async function pictureOf(
  { image: own, how }: JobControl,
  request: Img2ImgSettings,
  sources: HintSources,
): Promise<RgbImage> {
  const { source } = request;
  const canvas = canvasOf(request);
  if (!own || !sources.own) {
    if (sources.image) return sources.image;
    throw new Error('a control without a picture was accepted for a job without a source');
  }
  if (sources.region && source) {
    // The picture shows all of the source; only the same part of it counts.
    const whole = await fitImage(sources.own, { width: source.width, height: source.height, mode: 'CROP' });
    return scaled(cut(whole, sources.region), canvas);
  }
  // What is given as it is to be read, the engine fits: interpolation would blur its lines and mix its colours.
  const size = how.preprocessor === 'NONE' ? own : canvas;
  return fitImage(sources.own, { width: size.width, height: size.height, mode: 'CROP' });
}
