import { partsOf, SAMPLERS } from '../engine/index.ts';
import type { Img2ImgSettings } from './request.ts';

type Sampling = Pick<Img2ImgSettings, 'samplerName' | 'cfg' | 'prompt' | 'promptStyle'>;

/**
 * Evaluations of the network in a step of one picture: of the prompt, or of each of its parts, and of the negative prompt. A
 * sampler of another version counts as one a step.
 */
export function evaluationsOf({ samplerName, cfg, prompt, promptStyle = 'COMFY' }: Sampling): number {
  const perStep = Object.hasOwn(SAMPLERS, samplerName) ? SAMPLERS[samplerName].evaluationsPerStep : 1;
  const parts = partsOf(prompt, promptStyle);
  return perStep * (parts > 1 ? parts + 1 : cfg === 1 ? 1 : 2);
}
