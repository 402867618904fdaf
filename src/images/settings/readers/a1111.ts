import { readControlText } from '../controls.ts';
import { readExtendText } from '../extend.ts';
import { asNumber } from '../json.ts';
import { addMaskTexts } from '../mask.ts';
import { automaticSchedule } from '../names.ts';
import { Draft } from '../reading.ts';
import { readSecondPassText } from '../second-pass.ts';
import { addDeepCache, addQuality, readDeepCacheText } from '../shortcuts.ts';
import { type Infotext, readInfotext, type Setting } from './infotext.ts';

type Fields = NonNullable<Infotext['fields']>;

/** Keys that say nothing about the picture, or what another key says better, or who made it. */
const SILENT: ReadonlySet<string> = new Set([
  'version',
  'app',
  'pipeline',
  'operations',
  'parser',
  'backend',
  'user',
  'created date',
  'hashes',
  'lora hashes',
  'ti hashes',
  'vae hash',
  'civitai metadata',
  'metadata scheme',
  'sdcpp',
]);

/** The settings of a text in A1111's form, by any program; undefined for a text without settings. */
export function readA1111(text: string): Draft | undefined {
  const { prompt, negativePrompt, fields } = readInfotext(text);
  if (!fields) return undefined;
  const draft = new Draft(toolOf(fields));
  const taken = new Set<string>(SILENT);
  const take = (key: string): string | undefined => {
    taken.add(key);
    return fields.get(key)?.value;
  };
  addPrompts(prompt, negativePrompt, take, draft);
  draft.number('steps', take('steps'), 'Steps');
  draft.number('cfg', take('cfg scale'), 'CFG scale');
  draft.seed(take('seed'), 'Seed');
  draft.noiseDevice(take('rng'), 'RNG');
  draft.refiner(take('refiner'), take('refiner switch at'), 'Refiner');
  draft.tiling(take('tiling'), 'Tiling');
  draft.decoder(take('vae decoder'), 'VAE Decoder');
  draft.number('tokenMerging', take('token merging ratio'), 'Token merging ratio');
  draft.variation(take('variation seed'), take('variation seed strength'), 'Variation seed');
  const isOwn = toolOf(fields) === 'LatentQL';
  if (isOwn) addOptions(fields, take, draft);
  addMaskTexts(take, isOwn, draft);
  draft.model(take('model') ?? take('unet')); // stable-diffusion.cpp loads a lone network under this name
  draft.modelHash(take('model hash'));
  const clipSkip = take('clip skip');
  if (clipSkip !== undefined && !/^-\d+$/.test(clipSkip)) draft.number('clipSkip', clipSkip, 'Clip skip');
  addPromptStyle(toolOf(fields), take, draft);
  addSampler(fields, take, draft);
  if (isOwn) addPasses(take, draft);
  else addSize(fields, take, draft);
  addLoras(take('lora weights'), draft);
  for (const [key, field] of fields) if (!taken.has(key)) leave(field, draft);
  return draft;
}

/** How the prompts were read, as far as it is stated: whose syntax they have this program alone says. */
function addPromptStyle(tool: string, take: (key: string) => string | undefined, draft: Draft): void {
  if (tool === 'LatentQL' && take('prompt style') === 'A1111') draft.settings.promptStyle = 'A1111';
  draft.emphasis(take('emphasis'), 'Emphasis');
}

/** What this program writes of its sampling options and controls. Others mean other things by the same keys. */
function addOptions(fields: Fields, take: (key: string) => string | undefined, draft: Draft): void {
  draft.number('eta', take('eta'), 'Eta');
  draft.number('sNoise', take('sigma noise'), 'Sigma noise');
  draft.number('rescaleCfg', take('cfg rescale'), 'CFG Rescale');
  draft.number('flowShift', take('shift'), 'Shift');
  draft.number('guidance', take('distilled cfg scale'), 'Distilled CFG Scale');
  const extend = take('extend');
  if (extend !== undefined) draft.extend(readExtendText(extend), extend);
  draft.resizeMode(take('resize mode'), 'Resize mode');
  draft.vae(take('vae'));
  addQuality(draft, take('quality'), 'Quality');
  const deepCache = take('deepcache');
  if (deepCache !== undefined) addDeepCache(draft, readDeepCacheText(deepCache), deepCache);
  const [start, end] = take('cfg interval')?.split(' to ') ?? [];
  draft.cfgInterval(start, end, 'CFG interval');
  for (const [name, { key }] of fields) {
    if (!/^controlnet \d{1,2}$/.test(name)) continue;
    const stated = take(name)!;
    draft.control(readControlText(stated), key, stated);
  }
}

/** The prompts of a text without settings. */
export function readPromptOnly(text: string): Draft {
  const { prompt, negativePrompt } = readInfotext(text);
  const draft = new Draft('A1111');
  if (prompt !== '') draft.prompt('prompt', prompt);
  if (negativePrompt !== '') draft.prompt('negativePrompt', negativePrompt);
  return draft;
}

const leave = ({ key, value }: Setting, draft: Draft): void => {
  if (value.trim() !== '') draft.leave(key, value);
};

/** Who wrote it, by the keys that only they write. */
function toolOf(fields: Fields): string {
  const version = fields.get('version')?.value ?? '';
  if (fields.has('civitai resources')) return 'Civitai';
  if (fields.get('app')?.value === 'SD.Next') return 'SD.Next';
  if (/^f\d/.test(version)) return 'Forge';
  return /^(?:ComfyUI|stable-diffusion\.cpp|Fooocus|LatentQL)/.exec(version)?.[0] ?? 'A1111';
}

/** Prompts, and the LoRAs whose tags stand in them. Fooocus states what was typed apart from what it made of that. */
function addPrompts(
  prompt: string,
  negativePrompt: string,
  take: (key: string) => string | undefined,
  draft: Draft,
): void {
  const typed = take('raw prompt');
  const typedNegative = take('raw negative prompt');
  if (typed !== undefined && typed.trim() !== prompt) draft.leave('Prompt with what styles added', prompt);
  const tag = /[ \t]{0,8}<(lora|lyco|hypernet):([^<>:]{1,200})((?::[^<>:]{1,50}){0,9})>/g;
  const plain = (typed ?? prompt).replace(tag, (_tag, kind: string, name: string, rest: string) => {
    const strengths = loraStrengths(rest);
    if (kind === 'hypernet') draft.leave(`Hypernetwork ${name}`, strengths[0]);
    else draft.lora(name, ...strengths);
    return '';
  });
  draft.prompt('prompt', plain);
  draft.prompt('negativePrompt', typedNegative ?? negativePrompt);
}

/** One number is for both; of two the first is the text encoder's. They may be named `te=` and `unet=`. */
function loraStrengths(rest: string): [strength: string, strengthClip?: string] {
  const parts = rest.split(':').slice(1);
  const named = (name: string) => parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const [first, second] = parts.filter((part) => !part.includes('='));
  const clip = named('te') ?? first ?? '1';
  const unet = named('unet') ?? second ?? clip;
  return unet === clip ? [unet] : [unet, clip];
}

function addLoras(weights: string | undefined, draft: Draft): void {
  for (const entry of weights?.split(',') ?? []) {
    const colon = entry.lastIndexOf(':');
    if (colon > 0) draft.lora(entry.slice(0, colon).trim(), entry.slice(colon + 1).trim());
  }
}

/** The first key that may state a schedule, of those that programs write. */
const SCHEDULE_KEYS = ['schedule type', 'sampler sigma', 'scheduler'] as const;

function addSampler(fields: Fields, take: (key: string) => string | undefined, draft: Draft): void {
  const name = take('sampler');
  const variant = take('unipc variant');
  const isNamed = draft.sampler(name, 'Sampler');
  if (draft.settings.samplerName === 'uni_pc' && variant !== undefined) {
    if (variant === 'bh2') draft.settings.samplerName = 'uni_pc_bh2';
    else if (variant !== 'bh1') draft.close('samplerName', 'UniPC variant', variant);
  }
  const key = SCHEDULE_KEYS.find((candidate) => fields.has(candidate));
  const stated = key && take(key);
  if (key !== undefined && stated !== undefined && stated.toLowerCase() !== 'automatic') {
    draft.scheduler(stated, fields.get(key)!.key);
  } else if (!isNamed && draft.settings.samplerName) {
    const scheduler = unstatedSchedule(stated !== undefined, fields);
    if (scheduler === 'automatic') draft.settings.scheduler = automaticSchedule(draft.settings.samplerName);
    else if (scheduler !== undefined && !OWN_SCHEDULE.has(draft.settings.samplerName)) {
      draft.settings.scheduler = scheduler;
    }
  }
  checkScheduleOptions(fields, take, draft);
}

/** Samplers for which A1111 before 1.9 had its own time steps. */
const OWN_SCHEDULE: ReadonlySet<string> = new Set(['ddim', 'uni_pc', 'uni_pc_bh2', 'lcm']);

/** The schedule where none is named: what `Automatic` means, or before A1111 1.9 even steps. Others may mean anything. */
function unstatedSchedule(isAutomatic: boolean, fields: Fields): 'automatic' | 'normal' | undefined {
  if (isAutomatic) return 'automatic';
  const version = fields.get('version')?.value.slice(0, 100);
  const isOldHash = version === undefined && /^[0-9a-f]{8}$/.test(fields.get('model hash')?.value ?? '');
  const [, major, minor] = /^(?:f[\d.]+-?)?v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return isOldHash || (major === '1' && Number(minor) < 9) ? 'normal' : undefined;
}

/** Options that make another schedule of one that is known here. */
const SCHEDULE_OPTIONS: Readonly<Record<string, (value: number, scheduler: string | undefined) => boolean>> =
  {
    'beta schedule alpha': (value) => value === 0.6,
    'beta schedule beta': (value) => value === 0.6,
    'schedule rho': (value, scheduler) => value === 0 || value === (scheduler === 'karras' ? 7 : 1),
    'schedule min sigma': (value) => value === 0,
    'schedule max sigma': (value) => value === 0,
  };

function checkScheduleOptions(fields: Fields, take: (key: string) => string | undefined, draft: Draft): void {
  const scheduler = draft.settings.scheduler;
  for (const [key, isUsual] of Object.entries(SCHEDULE_OPTIONS)) {
    const value = take(key);
    if (value === undefined || isUsual(asNumber(value) ?? NaN, scheduler)) continue;
    draft.close('scheduler', `${fields.get(key)!.key}, with schedule ${scheduler ?? 'unknown'}`, value);
  }
}

/** Sizes and strengths of this program's text, in which the size is that of the first pass. */
function addPasses(take: (key: string) => string | undefined, draft: Draft): void {
  draft.sizeText(take('size'), 'Size');
  const [first, strength] = [take('first pass denoising strength'), take('denoising strength')];
  const [by, steps, upscaler] = [take('hires upscale'), take('hires steps'), take('hires upscaler')];
  const isTwice = by !== undefined;
  draft.number('denoiseStrength', isTwice ? first : strength, 'Denoising strength');
  if (!isTwice) return;
  const upscale = readSecondPassText({ by, steps, upscaler, denoiseStrength: strength });
  if (upscale) draft.settings.upscale = upscale;
  else draft.leave('Hires upscale', by);
}

/** The size of the first pass, and a denoising strength where no second pass claims it. */
function addSize(fields: Fields, take: (key: string) => string | undefined, draft: Draft): void {
  const hires = [...fields.keys()].filter((key) => key.startsWith('hires ') || key === 'first pass size');
  const secondPass = (key: string) => {
    const value = take(key);
    if (value !== undefined) draft.leave(`${fields.get(key)!.key} (Hires, second pass)`, value);
  };
  const firstPass = fields.get('first pass size')?.value;
  if (firstPass !== undefined && !/^0\s*x\s*0$/.test(firstPass)) {
    draft.sizeText(firstPass, 'First pass size');
    secondPass('size');
  } else draft.sizeText(take('size'), 'Size');
  if (hires.length === 0) draft.number('denoiseStrength', take('denoising strength'), 'Denoising strength');
  else for (const key of [...hires, 'denoising strength']) secondPass(key);
}
