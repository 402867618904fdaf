import { asNumber, asText, entriesOf } from '../json.ts';
import { Draft } from '../reading.ts';

/** Easy Diffusion's keys, and how it spells them for people. */
const LABELS = {
  prompt: 'Prompt',
  negative_prompt: 'Negative Prompt',
  seed: 'Seed',
  use_stable_diffusion_model: 'Stable Diffusion model',
  clip_skip: 'Clip Skip',
  use_vae_model: 'VAE model',
  sampler_name: 'Sampler',
  scheduler_name: 'Scheduler',
  width: 'Width',
  height: 'Height',
  num_inference_steps: 'Steps',
  guidance_scale: 'Guidance Scale',
  distilled_guidance_scale: 'Distilled Guidance',
  prompt_strength: 'Prompt Strength',
  use_lora_model: 'LoRA model',
  lora_alpha: 'LoRA Strength',
  use_controlnet_model: 'ControlNet model',
  use_hypernetwork_model: 'Hypernetwork model',
  use_embeddings_model: 'Embedding models',
  tiling: 'Seamless Tiling',
  use_face_correction: 'Use Face Correction',
  use_upscale: 'Use Upscaling',
} as const;

type Key = keyof typeof LABELS;
const LEFT: readonly Key[] = [
  'use_vae_model',
  'distilled_guidance_scale',
  'use_controlnet_model',
  'use_hypernetwork_model',
  'use_embeddings_model',
  'tiling',
  'use_face_correction',
  'use_upscale',
];

/** The settings of Easy Diffusion: a text for each key, in either spelling. `get` looks one up. */
export function readEasyDiffusion(get: (key: string) => unknown): Draft | undefined {
  const take = (key: Key): unknown => usable(get(key) ?? get(LABELS[key]));
  if (take('prompt') === undefined || take('sampler_name') === undefined) return undefined;
  const draft = new Draft('Easy Diffusion');
  draft.prompt('prompt', take('prompt'));
  draft.prompt('negativePrompt', take('negative_prompt'));
  draft.seed(take('seed'), 'seed');
  draft.model(take('use_stable_diffusion_model'));
  draft.number('steps', take('num_inference_steps'), 'steps');
  draft.number('cfg', take('guidance_scale'), 'guidance_scale');
  draft.size(take('width'), take('height'), 'size');
  draft.sampler(take('sampler_name'), 'sampler_name');
  draft.scheduler(take('scheduler_name'), 'scheduler_name');
  draft.number('denoiseStrength', take('prompt_strength'), 'prompt_strength');
  const clipSkip = take('clip_skip');
  if (clipSkip === true || /^true$/i.test(asText(clipSkip) ?? '')) draft.settings.clipSkip = 2;
  const strengths = listOf(take('lora_alpha'));
  listOf(take('use_lora_model')).forEach((name, i) => {
    draft.lora(name, strengths[i]);
  });
  for (const key of LEFT) {
    const value = take(key);
    if (value !== undefined && value !== false && !/^(?:false|\[\])$/i.test(asText(value) ?? ''))
      draft.leave(key, value);
  }
  return draft;
}

/** None means none. */
const usable = (value: unknown): unknown =>
  value === null || (typeof value === 'string' && ['', 'none'].includes(value.trim().toLowerCase()))
    ? undefined
    : value;

/** A list as JSON or as Python writes it, or its only entry. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return entriesOf(value);
  const text = asText(value);
  if (text === undefined) return value === undefined ? [] : [value];
  if (!/^\s*\[.*\]\s*$/s.test(text)) return [text];
  const entries = text.matchAll(/'((?:[^'\\]|\\.){0,500})'|"((?:[^"\\]|\\.){0,500})"|([^\s,[\]'"]{1,500})/g);
  return Array.from(entries, ([, single, double, plain]) => single ?? double ?? asNumber(plain) ?? plain);
}
