import type { Img2ImgSettings } from '../jobs/request.ts';
import { MOST_BLUR } from './comfy-mask.ts';
import { passesOf, sharedSteps } from './comfy-sampling.ts';
import { deepCacheText } from './settings/shortcuts.ts';

/** What of a request no node of ComfyUI itself does, a line each: the graph makes the picture without it. */
export function leftOutOf(request: Img2ImgSettings): string[] {
  const { tiling, variation, noiseDevice, promptStyle, emphasis, refiner } = request;
  const { options = {}, mask, controls = [] } = request;
  const lines: (string | false | null | undefined)[] = [
    refiner &&
      !passesOf(request).every((pass) => sharedSteps(request, pass)) &&
      `the refiner ${refiner.name} from ${refiner.switchAt} of the steps on`,
    tiling && `tiling ${tiling}: the sides meet`,
    variation && `variation: seed ${variation.seed}, strength ${variation.strength}`,
    noiseDevice === 'GPU' && 'noise of a GPU: ComfyUI draws it on the CPU',
    promptStyle === 'A1111' && `prompts in the syntax of A1111${emphasis ? `, emphasis ${emphasis}` : ''}`,
    options.eta !== undefined && `eta ${options.eta}`,
    options.sNoise !== undefined && `sNoise ${options.sNoise}`,
    options.cfgInterval &&
      `guidance from ${options.cfgInterval.start} to ${options.cfgInterval.end} of the way only`,
    options.quality === 'FAST' && 'quality FAST: 8-bit products and convolutions',
    options.deepCache && `DeepCache: ${deepCacheText(options.deepCache)}`,
    options.tokenMerging !== undefined &&
      `token merging ${options.tokenMerging}: ComfyUI's node merges by queries, and draws which tokens receive`,
    mask?.area === 'MASKED' &&
      `only the region around the mask was made, with ${mask.padding} pixels around it`,
    mask && mask.blur > MOST_BLUR && `mask blur ${mask.blur}, ComfyUI's node does at most ${MOST_BLUR}`,
    ...controls.map(
      ({ how, name }) =>
        (['LUMINANCE', 'SCRIBBLE'].includes(how.preprocessor) &&
          `${name}: preprocessor ${how.preprocessor}`) ||
        (how.preprocessor === 'BLUR' &&
          how.blur > MOST_BLUR &&
          `${name}: blur ${how.blur}, ComfyUI's node does at most ${MOST_BLUR}`),
    ),
  ];
  return lines.filter((line) => typeof line === 'string');
}
