import { asNumber, asText, at, entriesOf, isRecord, parseJson } from '../json.ts';
import { Draft } from '../reading.ts';

/** What programs with JSON of their own call each setting. */
const KEYS = {
  prompt: ['prompt', 'positive_prompt', 'positivePrompt'],
  negativePrompt: ['negative_prompt', 'negativePrompt', 'negative'],
  steps: ['num_inference_steps', 'steps'],
  cfg: ['guidance_scale', 'cfg_scale', 'cfgScale', 'cfg'],
  seed: ['seed'],
  width: ['width'],
  height: ['height'],
  resolution: ['resolution', 'size'],
  sampler: ['sampler', 'sampler_name', 'samplerName', 'scheduler'],
  model: ['Model', 'model', 'base_model'],
  modelHash: ['Model hash', 'model_hash'],
  clipSkip: ['clip_skip', 'clipSkip'],
} as const satisfies Record<string, readonly string[]>;

const LEAST_NUMBERS = 2;

/** Settings in JSON of another shape, as the pages of Hugging Face write it: a prompt with at least two of the usual numbers. */
export function readPlainJson(json: unknown): Draft | undefined {
  if (!isRecord(json)) return undefined;
  const taken = new Set<string>();
  const take = (name: keyof typeof KEYS): unknown => {
    const key = KEYS[name].find((candidate) => Object.hasOwn(json, candidate));
    if (key !== undefined) taken.add(key);
    return key === undefined ? undefined : json[key];
  };
  const numbers = (['steps', 'cfg', 'seed', 'width'] as const).filter(
    (name) => asNumber(take(name)) !== undefined,
  );
  if (typeof take('prompt') !== 'string' || numbers.length < LEAST_NUMBERS) return undefined;
  const draft = new Draft('JSON');
  draft.prompt('prompt', take('prompt'));
  draft.prompt('negativePrompt', take('negativePrompt'));
  const model = take('model');
  draft.model(at(model, 'Model') ?? at(model, 'name') ?? model);
  draft.modelHash(at(model, 'Model hash') ?? take('modelHash'));
  draft.number('steps', take('steps'), 'steps');
  draft.number('cfg', take('cfg'), 'guidance_scale');
  draft.seed(take('seed'), 'seed');
  draft.number('clipSkip', take('clipSkip'), 'clip_skip');
  draft.sampler(take('sampler'), 'sampler');
  const resolution = take('resolution');
  if (json['width'] !== undefined) draft.size(take('width'), take('height'), 'size');
  else draft.sizeText(resolution, 'resolution');
  for (const [key, value] of Object.entries(json)) {
    if (!taken.has(key) && value !== null && value !== false) draft.leave(key, value);
  }
  return draft;
}

/** The settings of Tensor.Art: `generation_data`. Seed -1 there means that one was drawn. */
export function readTensorArt(text: string): Draft | undefined {
  const json = parseJson(text.replace(/\0+$/, ''));
  if (!isRecord(json)) return undefined;
  const draft = new Draft('Tensor.Art');
  draft.prompt('prompt', json['prompt']);
  draft.prompt('negativePrompt', json['negativePrompt']);
  draft.size(json['width'], json['height'], 'size');
  draft.number('steps', json['steps'], 'steps');
  draft.number('cfg', json['cfgScale'], 'cfgScale');
  draft.seed(json['seed'], 'seed');
  draft.number('clipSkip', json['clipSkip'], 'clipSkip');
  draft.model(at(json, 'baseModel', 'modelFileName'));
  draft.modelHash(at(json, 'baseModel', 'hash'));
  const isNamed = draft.sampler(
    json['ksamplerName'] ?? json['samplerName'] ?? json['sampler'],
    'ksamplerName',
  );
  if (!isNamed) draft.scheduler(json['schedule'], 'schedule');
  for (const model of entriesOf(json['models'])) {
    if (at(model, 'type') === 'LORA') draft.lora(at(model, 'modelFileName'), at(model, 'weight'));
    else if (at(model, 'type') !== 'BASE_MODEL') draft.leave(asText(at(model, 'type')) ?? 'model', model);
  }
  for (const key of ['guidance', 'sdVae', 'denoisingStrength', 'hiresUpscaler', 'workEngine']) {
    if (json[key]) draft.leave(key, json[key]);
  }
  return draft;
}
