import type { SamplerName } from '../../../engine/index.ts';
import { asNumber, asText, at, entriesOf, isRecord, parseJson } from '../json.ts';
import { Draft } from '../reading.ts';

/** InvokeAI's schedulers are those of diffusers: only these are samplers here, with `_k` for Karras. */
const SAMPLERS: ReadonlyMap<string, SamplerName> = new Map<string, SamplerName>([
  ['euler', 'euler'],
  ['euler_a', 'euler_ancestral'],
  ['heun', 'heun'],
  ['lms', 'lms'],
  ['dpmpp_2m', 'dpmpp_2m'],
  ['dpmpp_sde', 'dpmpp_sde'],
  ['dpmpp_2m_sde', 'dpmpp_2m_sde'],
  ['kdpm_2', 'dpm_2'],
  ['kdpm_2_a', 'dpm_2_ancestral'],
  ['ddim', 'ddim'],
  ['ddpm', 'ddpm'],
  ['deis', 'deis'],
  ['lcm', 'lcm'],
]);

/** Keys that say nothing about the picture or are restored by others. */
const SILENT: ReadonlySet<string> = new Set(['app_version', 'generation_mode', 'rand_device']);

/** The settings of InvokeAI 3 and later. Its hash is BLAKE3, which matches no SHA-256. */
export function readInvoke(text: string): Draft | undefined {
  const json = parseJson(text);
  if (!isRecord(json)) return undefined;
  const draft = new Draft('InvokeAI');
  const taken = new Set<string>(SILENT);
  const take = (key: string): unknown => {
    taken.add(key);
    return at(json, key);
  };
  draft.prompt('prompt', take('positive_prompt'));
  draft.prompt('negativePrompt', take('negative_prompt'));
  draft.size(take('width'), take('height'), 'size');
  draft.seed(take('seed'), 'seed');
  draft.number('steps', take('steps') ?? take('num_steps'), 'steps');
  draft.number('cfg', take('cfg_scale'), 'cfg_scale');
  draft.model(nameOf(take('model')));
  addScheduler(asText(take('scheduler')), draft);
  const skipped = asNumber(take('clip_skip'));
  if (skipped !== undefined && skipped > 0) draft.number('clipSkip', skipped + 1, 'clip_skip');
  const isFromImage = /img2img|inpaint|outpaint/.test(asText(json['generation_mode']) ?? '');
  if (isFromImage) draft.number('denoiseStrength', take('strength'), 'strength');
  for (const lora of entriesOf(take('loras'))) {
    draft.lora(nameOf(at(lora, 'model') ?? at(lora, 'lora')), at(lora, 'weight'));
  }
  for (const [key, value] of Object.entries(json))
    if (!taken.has(key) && isUsed(value)) draft.leave(key, value);
  return draft;
}

const nameOf = (model: unknown): unknown =>
  typeof model === 'string' ? model : (at(model, 'name') ?? at(model, 'model_name'));

const isUsed = (value: unknown): boolean =>
  value !== null && value !== false && value !== 0 && !(Array.isArray(value) && value.length === 0);

function addScheduler(name: string | undefined, draft: Draft): void {
  if (name === undefined) return;
  const isKarras = name.endsWith('_k');
  const base = isKarras ? name.slice(0, -2) : name;
  const samplerName = SAMPLERS.get(base);
  if (samplerName) draft.settings.samplerName = samplerName;
  else draft.close('samplerName', 'scheduler', name);
  if (isKarras) draft.settings.scheduler = 'karras';
}

/** The samplers of the first versions. */
const FIRST_SAMPLERS: ReadonlyMap<string, SamplerName> = new Map<string, SamplerName>([
  ['k_euler', 'euler'],
  ['k_euler_a', 'euler_ancestral'],
  ['k_heun', 'heun'],
  ['k_lms', 'lms'],
  ['k_dpm_2', 'dpm_2'],
  ['k_dpm_2_a', 'dpm_2_ancestral'],
  ['ddim', 'ddim'],
]);

function addFirstSampler(name: string | undefined, draft: Draft): void {
  const samplerName = name === undefined ? undefined : FIRST_SAMPLERS.get(name);
  if (samplerName) draft.settings.samplerName = samplerName;
  else if (name !== undefined) draft.close('samplerName', 'sampler', name);
}

/** The first versions write the negative prompt in brackets at the end of the prompt. */
function addBracketed(prompt: string, draft: Draft): void {
  const open = prompt.trimEnd().endsWith(']') ? prompt.lastIndexOf('[') : -1;
  draft.prompt('prompt', open < 0 ? prompt : prompt.slice(0, open));
  if (open >= 0) draft.prompt('negativePrompt', prompt.trimEnd().slice(open + 1, -1));
}

/** The settings of InvokeAI 2: `sd-metadata`. */
export function readInvoke2(text: string): Draft | undefined {
  const json = parseJson(text);
  const image = at(json, 'image');
  if (!isRecord(image)) return undefined;
  const draft = new Draft('InvokeAI');
  const prompts = entriesOf(image['prompt']);
  const prompt =
    asText(image['prompt']) ?? (prompts.length === 1 ? asText(at(prompts[0], 'prompt')) : undefined);
  if (prompt !== undefined) addBracketed(prompt, draft);
  else if (prompts.length > 1) draft.close('prompt', 'prompts with weights', image['prompt']);
  draft.model(at(json, 'model_weights'));
  draft.modelHash(at(json, 'model_hash'));
  draft.size(image['width'], image['height'], 'size');
  draft.seed(image['seed'], 'seed');
  draft.number('steps', image['steps'], 'steps');
  draft.number('cfg', image['cfg_scale'], 'cfg_scale');
  addFirstSampler(asText(image['sampler']), draft);
  if (image['type'] === 'img2img') draft.number('denoiseStrength', image['strength'], 'strength');
  for (const key of [
    'threshold',
    'perlin',
    'seamless',
    'hires_fix',
    'variations',
    'postprocessing',
    'facetool',
  ]) {
    if (isUsed(image[key] ?? null)) draft.leave(key, image[key]);
  }
  return draft;
}

/** The settings of InvokeAI 1: `Dream`, a command line. */
export function readDream(text: string): Draft | undefined {
  const [, quoted, rest] = /^\s*"((?:[^"\\]|\\.){0,20000})"(.*)$/s.exec(text) ?? [];
  if (quoted === undefined || rest === undefined) return undefined;
  const draft = new Draft('InvokeAI');
  addBracketed(quoted.replace(/\\(.)/gs, '$1'), draft);
  const options = new Map<string, string>();
  for (const [, name, value] of rest.matchAll(/(?:^|\s)-(\w)\s*([^\s-]\S*)/g)) options.set(name!, value!);
  draft.number('steps', options.get('s'), 'steps');
  draft.seed(options.get('S'), 'seed');
  draft.size(options.get('W'), options.get('H'), 'size');
  draft.number('cfg', options.get('C'), 'cfg');
  addFirstSampler(options.get('A'), draft);
  draft.number('denoiseStrength', options.get('f'), 'strength');
  for (const [name, value] of options) if (!'sSWHCAf'.includes(name)) draft.leave(`-${name}`, value);
  return draft;
}
