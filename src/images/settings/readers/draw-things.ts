import { xmpProperty } from '../containers/xmp.ts';
import { asText, at, entriesOf, isRecord, parseJson } from '../json.ts';
import { Draft } from '../reading.ts';

/** The settings of Draw Things: JSON in the XMP's UserComment. */
export function readDrawThings(xmp: string): Draft | undefined {
  if (xmpProperty(xmp, 'xmp:CreatorTool')?.trim() !== 'Draw Things') return undefined;
  const json = parseJson(xmpProperty(xmp, 'exif:UserComment') ?? '');
  if (!isRecord(json)) return undefined;
  const draft = new Draft('Draw Things');
  draft.prompt('prompt', json['c']);
  draft.prompt('negativePrompt', json['uc']);
  draft.model(json['model']);
  draft.seed(json['seed'], 'seed');
  draft.number('steps', json['steps'], 'steps');
  draft.number('cfg', json['scale'], 'scale');
  draft.sizeText(json['size'], 'size');
  draft.sampler(json['sampler'], 'sampler');
  if (json['strength'] !== 1) draft.number('denoiseStrength', json['strength'], 'strength');
  const clipSkip = at(json, 'v2', 'clipSkip');
  if (clipSkip !== 1) draft.number('clipSkip', clipSkip, 'clipSkip');
  const loras = entriesOf(json['lora']);
  for (const lora of loras) draft.lora(at(lora, 'model'), at(lora, 'weight'));
  if (loras.length === 0) {
    for (const lora of entriesOf(at(json, 'v2', 'loras'))) draft.lora(at(lora, 'file'), at(lora, 'weight'));
  }
  for (const key of ['control', 'upscaler', 'refiner', 'mask_blur', 'face_restoration']) {
    const value = json[key];
    if (value && !(Array.isArray(value) && value.length === 0)) draft.leave(key, asText(value) ?? value);
  }
  return draft;
}
