import { posix } from 'node:path';
import { withoutExtension } from '../engine/index.ts';
import type { Img2ImgSettings } from '../jobs/request.ts';
import { seedValue } from './comfy-json.ts';
import type { Node, Output } from './comfy-nodes.ts';

type Links = Readonly<Record<'model' | 'positive' | 'negative', Output>>;

/** What the passes of a picture have in common. */
export interface Sampling {
  readonly request: Img2ImgSettings;
  readonly seed: string;
  /** Of the model that begins. */
  readonly links: Links;
}

/** One pass over a latent; its last node is called `name`. */
export interface Pass {
  readonly name: string;
  readonly latent: Output;
  readonly steps: number;
  readonly denoise: number;
}

/** The nodes of one pass: a sampler, or where a refiner takes over, two that share the steps. */
export function passNodes(sampling: Sampling, pass: Pass): [name: string, node: Node][] {
  const { request, links } = sampling;
  const { name, latent } = pass;
  const shared = sharedSteps(request, pass);
  if (!shared) return [[name, wholeSampler(sampling, pass)]];
  const { start, taken, total } = shared;
  const part = (from: number, to: number, isFirst: boolean, input: Links, image: Output): Node => ({
    type: 'KSamplerAdvanced',
    links: { ...input, latent_image: image },
    values: {
      add_noise: isFirst ? 'enable' : 'disable',
      noise_seed: seedValue(sampling.seed),
      steps: total,
      cfg: request.cfg,
      sampler_name: request.samplerName,
      scheduler: request.scheduler,
      start_at_step: from,
      end_at_step: to,
      return_with_leftover_noise: isFirst ? 'enable' : 'disable',
    },
    outputs: ['LATENT'],
  });
  const first = `${name}Begin`;
  return [
    [first, part(start, taken, true, links, latent)],
    [name, part(taken, total, false, REFINED, [first, 0])],
  ];
}

/** Whether a refiner ends one of a picture's passes. */
export const isRefined = (request: Img2ImgSettings): boolean =>
  passesOf(request).some((pass) => sharedSteps(request, pass));

/** The steps of each pass that samples. */
export const passesOf = ({
  steps,
  denoiseStrength,
  upscale,
}: Img2ImgSettings): Pick<Pass, 'steps' | 'denoise'>[] => [
  { steps, denoise: denoiseStrength },
  ...(upscale && upscale.denoiseStrength > 0
    ? [{ steps: upscale.steps, denoise: upscale.denoiseStrength }]
    : []),
];

/** The model that ends a picture, with the same prompts as it reads them. */
export function refinerNodes({
  refiner,
  prompt,
  negativePrompt,
}: Img2ImgSettings): [name: string, node: Node][] {
  if (!refiner) return [];
  const text = (value: string): Node => ({
    type: 'CLIPTextEncode',
    links: { clip: ['refiner', 1] },
    values: { text: value },
    outputs: ['CONDITIONING'],
  });
  return [
    ['refiner', checkpointNode(refiner.file)],
    ['refinerPositive', text(prompt)],
    ['refinerNegative', text(negativePrompt)],
  ];
}

/** A loader of a checkpoint by its path below MODELS_DIR. */
export function checkpointNode(file: string): Node {
  const outputs = ['MODEL', 'CLIP', 'VAE'];
  return posix.basename(file) === 'model_index.json'
    ? { type: 'DiffusersLoader', values: { model_path: posix.basename(withoutExtension(file)) }, outputs }
    : { type: 'CheckpointLoaderSimple', values: { ckpt_name: loadedName(file) }, outputs };
}

/** The name of a checkpoint's file; ComfyUI takes no split ones, so that of one the whole is named. */
export const loadedName = (file: string): string =>
  file.endsWith('.json') ? `${posix.basename(withoutExtension(file))}.safetensors` : posix.basename(file);

const REFINED: Links = {
  model: ['refiner', 0],
  positive: ['refinerPositive', 0],
  negative: ['refinerNegative', 0],
};

/** Steps as ComfyUI counts them, those that `denoise` leaves out among them. */
interface SharedSteps {
  readonly start: number;
  /** Where the refiner takes over. */
  readonly taken: number;
  readonly total: number;
}

/** The most steps that ComfyUI's sampler takes. */
const MOST_STEPS = 10_000;

/** How two models share the steps of a pass; undefined: the first one takes all, or ComfyUI cannot count them. */
export function sharedSteps(
  { refiner }: Img2ImgSettings,
  { steps, denoise }: Pick<Pass, 'steps' | 'denoise'>,
): SharedSteps | undefined {
  if (!refiner) return undefined;
  const own = Math.round(refiner.switchAt * steps);
  const total = denoise > 0.9999 ? steps : Math.trunc(steps / denoise);
  if (own === 0 || own === steps || total > MOST_STEPS) return undefined;
  return { start: total - steps, taken: total - steps + own, total };
}

function wholeSampler({ request, seed, links }: Sampling, { latent, steps, denoise }: Pass): Node {
  return {
    type: 'KSampler',
    links: { ...links, latent_image: latent },
    values: {
      seed: seedValue(seed),
      steps,
      cfg: request.cfg,
      sampler_name: request.samplerName,
      scheduler: request.scheduler,
      denoise,
    },
    outputs: ['LATENT'],
  };
}
