import { InputError } from '../input-error.ts';
import { canvasOf, evaluationsOf } from '../jobs/request.ts';
import type { CheckedInput } from './parse-img2img.ts';

/** Network evaluations of an ordinary step: prompt and negative prompt. */
const ORDINARY_EVALUATIONS = 2;

/** The share of a step that each control adds: its network is about half of the model's. */
const CONTROL_SHARE = 0.5;

/**
 * Throws InputError TOO_MUCH_WORK for more megapixels × steps × images than `limit`; 0: no limit. A step counts by its evaluations,
 * an ordinary guided one as 1. A refiner takes over steps that count already.
 */
export function checkWork(checked: CheckedInput, controls: number, limit: number): void {
  const { steps, batchSize, upscale } = checked;
  const { width, height } = canvasOf(checked);
  const second = upscale && upscale.denoiseStrength > 0 ? upscale.width * upscale.height * upscale.steps : 0;
  const evaluations = evaluationsOf(checked);
  const perStep = Math.max(1, evaluations / ORDINARY_EVALUATIONS) * (1 + CONTROL_SHARE * controls);
  const work = ((width * height * steps + second) * batchSize * perStep) / 1e6;
  if (limit === 0 || work <= limit) return;
  const passes = second > 0 ? ' of both passes' : '';
  const share =
    perStep > 1 ? ` × ${perStep} (evaluations of a step: ${evaluations}, controls: ${controls})` : '';
  const found = `width × height × steps × batchSize${passes}${share} is ${Math.ceil(work)} megapixel steps`;
  throw new InputError(
    'TOO_MUCH_WORK',
    ['input'],
    `${found}, expected at most ${limit} (JOB_WORK_LIMIT): ask for fewer images, steps or pixels`,
  );
}
