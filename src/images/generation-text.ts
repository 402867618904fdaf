import { posix } from 'node:path';
import type { JobImage } from '../jobs/job.ts';
import type { Img2ImgSettings } from '../jobs/request.ts';
import { controlText } from './control-text.ts';
import { extendText } from './settings/extend.ts';
import { maskTexts } from './settings/mask.ts';
import {
  EMPHASIS_LABELS,
  LATENT_LABELS,
  RESIZE_LABELS,
  SAMPLER_LABELS,
  SCHEDULE_LABELS,
  TILING_LABELS,
} from './settings/names.ts';
import { deepCacheText } from './settings/shortcuts.ts';

/** The checkpoint of an image as other programs know it. */
export interface NamedCheckpoint {
  /** The file's name without folder and extension. */
  readonly name: string;
  /** The file's SHA-256, lower-case hex; undefined while it is unknown. */
  readonly sha256: string | undefined;
}

/**
 * The settings of an image as A1111's web UI writes them and its many readers parse them: prompt, negative prompt,
 * `Key: value, …`. As there, an empty prompt leaves no line, and text to image has no denoising strength.
 */
export function generationText(
  request: Img2ImgSettings,
  image: Pick<JobImage, 'seed' | 'variationSeed' | 'width' | 'height'>,
  checkpoint: NamedCheckpoint = { name: request.model, sha256: undefined },
): string {
  const { eta, sNoise, rescaleCfg, cfgInterval, flowShift, ...shortcuts } = request.options ?? {};
  const { quality, deepCache, tokenMerging } = shortcuts;
  const { loras = [], vae, upscale, extend, refiner } = request;
  const { width, height } = upscale ? request : image; // of the first pass
  const settings: Readonly<Record<string, string | number>> = {
    Steps: request.steps,
    Sampler: SAMPLER_LABELS[request.samplerName],
    'Schedule type': SCHEDULE_LABELS[request.scheduler],
    'CFG scale': request.cfg,
    Seed: image.seed,
    ...(eta !== undefined && { Eta: eta }),
    ...(sNoise !== undefined && { 'Sigma noise': sNoise }),
    ...(rescaleCfg !== undefined && { 'CFG Rescale': rescaleCfg }),
    ...(cfgInterval && { 'CFG interval': `${cfgInterval.start} to ${cfgInterval.end}` }),
    ...(flowShift !== undefined && { Shift: flowShift }),
    ...(quality && { Quality: quality }),
    ...(deepCache && { DeepCache: deepCacheText(deepCache) }),
    ...(tokenMerging !== undefined && { 'Token merging ratio': tokenMerging }),
    ...textTexts(request),
    Size: `${width}x${height}`,
    ...(checkpoint.sha256 !== undefined && { 'Model hash': checkpoint.sha256.slice(0, 10) }),
    Model: checkpoint.name,
    ...variationTexts(request, image),
    ...(refiner && {
      Refiner: `${refiner.name} [${refiner.sha256.slice(0, 10)}]`,
      'Refiner switch at': refiner.switchAt,
    }),
    ...(request.tiling && { Tiling: TILING_LABELS[request.tiling] }),
    ...(vae && { 'VAE hash': vae.sha256.slice(0, 10), VAE: posix.basename(vae.file) }),
    ...(request.tinyDecoder && { 'VAE Decoder': 'TAESD' }),
    ...(request.source && {
      [upscale ? 'First pass denoising strength' : 'Denoising strength']: request.denoiseStrength,
    }),
    ...upscaleTexts(upscale),
    ...(request.source && { 'Resize mode': RESIZE_LABELS[request.resizeMode] }),
    ...(request.mask && maskTexts(request.mask)),
    ...(extend && {
      Extend: extendText(extend),
    }),
    ...controlTexts(request.controls),
    ...(request.guidance != null && { 'Distilled CFG Scale': request.guidance }),
    ...(request.samplerName === 'uni_pc_bh2' && { 'UniPC variant': 'bh2' }),
    ...(request.noiseDevice === 'GPU' && { RNG: 'NV' }), // its readers compute a card's numbers on any machine
    ...(loras.length > 0 && {
      'Lora hashes': loras.map(({ name, sha256 }) => `${name}: ${sha256.slice(0, 12)}`).join(', '),
    }),
    Version: 'LatentQL',
  };
  const tags = loras.map(({ name, strength, textStrength }) =>
    textStrength === strength ? `<lora:${name}:${strength}>` : `<lora:${name}:${textStrength}:${strength}>`,
  );
  const lines = [[request.prompt, ...tags].filter((text) => text !== '').join(' ')];
  if (request.negativePrompt !== '') lines.push(`Negative prompt: ${request.negativePrompt}`);
  lines.push(
    Object.entries(settings)
      .map(([key, value]) => `${key}: ${quoted(String(value))}`)
      .join(', '),
  );
  return lines.join('\n').trim();
}

/** How the prompts were read, as A1111 names it; whose syntax they have it does not say. */
const textTexts = ({
  promptStyle,
  emphasis,
  clipSkip,
  embeddings = [],
}: Img2ImgSettings): Record<string, string | number> => ({
  ...(promptStyle && { 'Prompt style': promptStyle }),
  ...(emphasis && { Emphasis: EMPHASIS_LABELS[emphasis] }),
  ...(clipSkip != null && { 'Clip skip': clipSkip }),
  ...(embeddings.length > 0 && {
    'TI hashes': embeddings.map(({ name, sha256 }) => `${name}: ${sha256.slice(0, 12)}`).join(', '),
  }),
});

/** A variation in the words of A1111, which knows none of strength 0. */
const variationTexts = (
  { variation }: Img2ImgSettings,
  { variationSeed }: Pick<JobImage, 'variationSeed'>,
): Record<string, string | number> =>
  variation && variationSeed !== undefined
    ? { 'Variation seed': variationSeed, 'Variation seed strength': variation.strength }
    : {};

/** A second pass as A1111 names it: its strength is the picture's. */
const upscaleTexts = (upscale: Img2ImgSettings['upscale']): Record<string, string | number> =>
  upscale
    ? {
        'Denoising strength': upscale.denoiseStrength,
        'Hires upscale': upscale.by,
        'Hires steps': upscale.steps,
        'Hires upscaler': upscale.model?.name ?? LATENT_LABELS[upscale.method],
      }
    : {};

/** `ControlNet 0`, `ControlNet 1`, …, as A1111's extension writes them. */
const controlTexts = (controls: Img2ImgSettings['controls'] = []): Record<string, string> =>
  Object.fromEntries(controls.map((control, i) => [`ControlNet ${i}`, controlText(control)]));

/** A value that the separators would break is written as a JSON string. */
const quoted = (value: string): string => (/[,:"\n]/.test(value) ? JSON.stringify(value) : value);
