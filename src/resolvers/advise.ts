import type { Img2ImgRequest } from '../jobs/job.ts';
import type { ModelInfo } from './model-catalog.ts';

/** How many times more or less than recommended is worth a warning. */
const FAR = { steps: 3, cfg: 3, pixels: 2.25 } as const;

const isFar = (value: number, recommended: number, times: number): boolean =>
  value * times < recommended || value > recommended * times;

/** Warnings for a request that will run, but not as its sender may expect. */
export function adviseOn(request: Img2ImgRequest, { name, recommended }: ModelInfo): string[] {
  const warnings: string[] = [];
  if (request.source === null) {
    warnings.push('No image was given: the job starts from noise with denoiseStrength 1 (text to image).');
  }
  for (const setting of ['steps', 'cfg'] as const) {
    if (isFar(request[setting], recommended[setting], FAR[setting])) {
      warnings.push(
        `${name} works best with ${setting} ${recommended[setting]}; this job uses ${request[setting]}.`,
      );
    }
  }
  if (isFar(request.width * request.height, recommended.width * recommended.height, FAR.pixels)) {
    warnings.push(
      `${name} works best at about ${recommended.width}×${recommended.height} pixels; ` +
        `this job uses ${request.width}×${request.height}.`,
    );
  }
  return warnings;
}
