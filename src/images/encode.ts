import { posix } from 'node:path';
import { withoutExtension, type ModelFamily, type RgbImage } from '../engine/index.ts';
import type { JobImage } from '../jobs/job.ts';
import type { Img2ImgSettings, SourceImage } from '../jobs/request.ts';
import { comfyTexts } from './comfy-graph.ts';
import { generationText } from './generation-text.ts';
import { fromRgb } from './pixels.ts';
import { withoutDensity } from './png-chunks.ts';
import { withPngText } from './png-text.ts';

/** What a result image remembers of its making. */
export interface ImageOrigin {
  readonly request: Img2ImgSettings;
  readonly image: Pick<JobImage, 'index' | 'seed' | 'variationSeed'>;
  readonly checkpoint: CheckpointOrigin;
}

/** The file that made an image, for programs that know it by its own name and hash. */
export interface CheckpointOrigin {
  /** Its path below MODELS_DIR, with `/`. */
  readonly file: string;
  readonly family: ModelFamily | null;
  /** Lower-case hex; undefined while it is unknown. */
  readonly sha256: string | undefined;
}

/**
 * Encodes a result as PNG, losslessly, with its settings in four texts: `parameters` as A1111's web UI writes it, `prompt` and
 * `workflow` for ComfyUI, and `latentql`, JSON `{ request, index, seed, variationSeed, modelHash }`, which alone is exact. The address and
 * the hashes of the source image, the mask and the pictures of controls stay out of all: the hashes would give them to everybody who has the result.
 */
export async function encodePng(
  image: RgbImage,
  { request, image: { index, ...seeds }, checkpoint }: ImageOrigin,
): Promise<Buffer> {
  const png = withoutDensity(await fromRgb(image).png().toBuffer());
  const { imageUrl: _, modelFiles: _files, source, mask, controls, refiner, ...settings } = request;
  const shown = {
    ...settings,
    source: sizeOf(source),
    ...(refiner && { refiner: { ...refiner, files: undefined } }),
    ...(mask && { mask: { ...mask, sha256: undefined } }),
    ...(controls && { controls: controls.map((control) => ({ ...control, image: sizeOf(control.image) })) }),
  };
  const { width, height } = image;
  const { file, sha256, family } = checkpoint;
  const name = posix.basename(withoutExtension(file));
  return withPngText(png, {
    parameters: generationText(request, { ...seeds, width, height }, { name, sha256 }),
    latentql: JSON.stringify({ request: shown, index, ...seeds, modelHash: sha256 }),
    ...comfyTexts({ request, image: { ...seeds, width, height }, checkpoint: file, family }),
  });
}

const sizeOf = (picture: SourceImage | null) => picture && { width: picture.width, height: picture.height };
