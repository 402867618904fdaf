import type { SamplerName, SchedulerName } from '../engine/index.ts';
import type { Img2ImgSettings, JobImage } from '../jobs/job.ts';

/** What A1111's web UI calls a sampler that it has as well; the others keep their name. */
const SAMPLER_LABELS: Readonly<Partial<Record<SamplerName, string>>> = {
  euler: 'Euler',
  euler_ancestral: 'Euler a',
  heun: 'Heun',
  dpm_2: 'DPM2',
  dpm_2_ancestral: 'DPM2 a',
  lms: 'LMS',
  dpm_fast: 'DPM fast',
  dpm_adaptive: 'DPM adaptive',
  dpmpp_2s_ancestral: 'DPM++ 2S a',
  dpmpp_sde: 'DPM++ SDE',
  dpmpp_2m: 'DPM++ 2M',
  dpmpp_2m_sde: 'DPM++ 2M SDE',
  dpmpp_3m_sde: 'DPM++ 3M SDE',
  lcm: 'LCM',
  ddim: 'DDIM',
  uni_pc: 'UniPC',
};

const SCHEDULE_LABELS: Readonly<Record<SchedulerName, string>> = {
  normal: 'Normal',
  karras: 'Karras',
  exponential: 'Exponential',
  sgm_uniform: 'SGM Uniform',
  simple: 'Simple',
  ddim_uniform: 'DDIM',
  beta: 'Beta',
};

/**
 * The settings of an image as A1111's web UI writes them and its many readers parse them: prompt, negative prompt,
 * `Key: value, …`. As there, an empty prompt leaves no line, and text to image has no denoising strength.
 */
export function generationText(
  request: Img2ImgSettings,
  { seed, width, height }: Pick<JobImage, 'seed' | 'width' | 'height'>,
): string {
  const settings: Readonly<Record<string, string | number>> = {
    Steps: request.steps,
    Sampler: SAMPLER_LABELS[request.samplerName] ?? request.samplerName,
    'Schedule type': SCHEDULE_LABELS[request.scheduler],
    'CFG scale': request.cfg,
    Seed: seed,
    Size: `${width}x${height}`,
    Model: request.model,
    ...(request.source && { 'Denoising strength': request.denoiseStrength }),
    Version: 'LatentQL',
  };
  const lines = [request.prompt];
  if (request.negativePrompt !== '') lines.push(`Negative prompt: ${request.negativePrompt}`);
  lines.push(
    Object.entries(settings)
      .map(([key, value]) => `${key}: ${quoted(String(value))}`)
      .join(', '),
  );
  return lines.join('\n').trim();
}

/** A value that the separators would break is written as a JSON string. */
const quoted = (value: string): string => (/[,:"\n]/.test(value) ? JSON.stringify(value) : value);
