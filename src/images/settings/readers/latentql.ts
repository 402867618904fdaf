import { readOwnControl } from '../controls.ts';
import { readExtend } from '../extend.ts';
import { at, entriesOf, isRecord, parseJson } from '../json.ts';
import { addOwnMask } from '../mask.ts';
import { Draft } from '../reading.ts';
import { readSecondPass } from '../second-pass.ts';
import { addDeepCache, addQuality, readDeepCache } from '../shortcuts.ts';

/** The settings that this program wrote, exactly; `seed` beside `request` is the picture's own. */
export function readLatentql(text: string): Draft | undefined {
  const json = parseJson(text);
  const request = at(json, 'request');
  if (!isRecord(request)) return undefined;
  const draft = new Draft('LatentQL');
  const { settings } = draft;
  draft.model(request['model']);
  for (const field of ['prompt', 'negativePrompt'] as const) {
    const prompt = request[field];
    if (typeof prompt === 'string') settings[field] = prompt;
  }
  draft.seed(at(json, 'seed') ?? request['seed'], 'seed');
  draft.noiseDevice(request['noiseDevice'], 'noiseDevice');
  const refiner = request['refiner'];
  draft.refiner(at(refiner, 'name'), at(refiner, 'switchAt'), 'refiner');
  draft.tiling(request['tiling'], 'tiling');
  const variation = request['variation'];
  draft.variation(at(json, 'variationSeed') ?? at(variation, 'seed'), at(variation, 'strength'), 'variation');
  if (request['promptStyle'] === 'A1111') settings.promptStyle = 'A1111';
  draft.emphasis(request['emphasis'], 'emphasis');
  draft.number('clipSkip', request['clipSkip'] ?? undefined, 'clipSkip');
  draft.number('steps', request['steps'], 'steps');
  draft.number('cfg', request['cfg'], 'cfg');
  draft.sampler(request['samplerName'], 'samplerName');
  draft.scheduler(request['scheduler'], 'scheduler');
  const options = request['options'];
  for (const field of ['eta', 'sNoise', 'rescaleCfg', 'flowShift', 'tokenMerging'] as const)
    draft.number(field, at(options, field), field);
  const interval = at(options, 'cfgInterval');
  draft.cfgInterval(at(interval, 'start'), at(interval, 'end'), 'cfgInterval');
  addQuality(draft, at(options, 'quality'), 'quality');
  const deepCache = at(options, 'deepCache');
  addDeepCache(draft, readDeepCache(deepCache), deepCache);
  for (const lora of entriesOf(request['loras']))
    draft.lora(at(lora, 'name'), at(lora, 'strength'), at(lora, 'textStrength'));
  for (const control of entriesOf(request['controls']))
    draft.control(readOwnControl(control), 'control', at(control, 'name'));
  draft.size(request['width'], request['height'], 'size');
  if (isRecord(request['source'])) {
    draft.number('denoiseStrength', request['denoiseStrength'], 'denoiseStrength');
    draft.leave('source image');
    draft.resizeMode(request['resizeMode'], 'resizeMode');
    addOwnMask(request['mask'], draft);
    if (request['extend'] !== undefined) draft.extend(readExtend(request['extend']), request['extend']);
  }
  draft.number('guidance', request['guidance'], 'guidance');
  const vae = at(request['vae'], 'name');
  if (typeof vae === 'string') settings.vae = vae;
  if (isRecord(request['tinyDecoder'])) settings.decoder = 'TAESD';
  const upscale = readSecondPass(request['upscale']);
  if (upscale) settings.upscale = upscale;
  else if (request['upscale'] !== undefined) draft.leave('upscale', request['upscale']);
  draft.modelHash(at(json, 'modelHash'));
  return draft;
}
