import type { RgbImage, TaskControl } from '../engine/index.ts';
import { fitImage, scaled } from '../images/fit.ts';
import { cut, type Region } from '../images/mask.ts';
import { preprocess } from '../images/preprocess.ts';
import { canvasOf, type Img2ImgSettings, type JobControl, type SourceImage } from './job.ts';

/** What the controls of a job are prepared from. */
export interface ControlParts {
  /** Absolute path of the file that a control is. */
  readonly adapterOf: (kind: 'controls', control: JobControl) => Promise<string>;
  /** The stored file of a picture. */
  readonly load: (picture: SourceImage) => Promise<Uint8Array>;
  /** The source as the engine gets it; null: there is none. */
  readonly image: RgbImage | null;
  /** The part of the source that is made anew; absent: all of it. */
  readonly region?: Region | undefined;
}

/**
 * The controls of a job as the engine gets them. Their pictures come to the size of the first pass before anything is made of
 * them; beside an extended source they show all of the larger canvas.
 */
export async function prepareControls(request: Img2ImgSettings, parts: ControlParts): Promise<TaskControl[]> {
  const controls: TaskControl[] = [];
  for (const control of request.controls ?? []) {
    const { strength, start, end, how } = control;
    const hint = await preprocess(await pictureOf(control, request, parts), how);
    controls.push({ file: await parts.adapterOf('controls', control), strength, start, end, hint });
  }
  return controls;
}

async function pictureOf(
  { image, how }: JobControl,
  request: Img2ImgSettings,
  parts: ControlParts,
): Promise<RgbImage> {
  const { source } = request;
  const canvas = canvasOf(request);
  if (!image) {
    if (parts.image) return parts.image;
    throw new Error('a control without a picture was accepted for a job without a source');
  }
  const bytes = await parts.load(image);
  if (parts.region && source) {
    // The picture shows all of the source; only the same part of it counts.
    const whole = await fitImage(bytes, { width: source.width, height: source.height, mode: 'CROP' });
    return scaled(cut(whole, parts.region), canvas);
  }
  // What is given as it is to be read, the engine fits: interpolation would blur its lines and mix its colours.
  const size = how.preprocessor === 'NONE' ? image : canvas;
  return fitImage(bytes, { width: size.width, height: size.height, mode: 'CROP' });
}
