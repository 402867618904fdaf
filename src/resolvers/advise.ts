import { SAMPLERS, type PromptStyle, type SamplerSpec } from '../engine/index.ts';
import type { JobWarning, JobWarningCode } from '../jobs/job.ts';
import type { Img2ImgSettings } from '../jobs/request.ts';
import type { ModelDescription } from '../models/catalog.ts';

/** The factor above or below a model's recommended value that causes a warning. */
const FAR = { steps: 3, cfg: 3, pixels: 2.25 } as const;

/** The same factor for the range that suits a sampler. */
const FAR_OUTSIDE = 1.5;

const isFar = (value: number, recommended: number, times: number): boolean =>
  value * times < recommended || value > recommended * times;

type ForeignSyntax = readonly (readonly [RegExp, string])[];

const FOREIGN_TAGS: ForeignSyntax = [
  [/<hypernet:[^<>]*>/i, 'has no effect here and is read as words'],
  [/<(?:lora|lyco):[^<>]*>?/i, 'is read as words: a LoRA is written <lora:name:strength>'],
];

/** Syntax of other programs that a prompt style does not have. */
const FOREIGN_SYNTAX: Readonly<Record<PromptStyle, ForeignSyntax>> = {
  COMFY: [
    ...FOREIGN_TAGS,
    [/\[[^[\]]*:[^[\]]*:\s*[\d.]+\s*\]/, 'changes the prompt between steps only with promptStyle A1111'],
    [/(?:^|[\s,])BREAK(?=$|[\s,])/, 'begins a chunk only with promptStyle A1111'],
  ],
  A1111: [
    ...FOREIGN_TAGS,
    [/\bembedding:\S+/i, "is ComfyUI's: with promptStyle A1111 an embedding is its name alone"],
  ],
};

/** Characters of a prompt in a message. */
const SHOWN_LENGTH = 60;

/** Warnings for a valid request whose result may surprise its sender. */
export function adviseOn(request: Img2ImgSettings, { name, recommended }: ModelDescription): JobWarning[] {
  const warnings: JobWarning[] = [];
  const warn = (code: JobWarningCode, field: string, message: string) =>
    warnings.push({ code, field: ['input', field], message });
  if (request.source === null) {
    const message = 'No image was given: the job starts from noise with denoiseStrength 1 (text to image).';
    warn('TEXT_TO_IMAGE', 'image', message);
  }
  for (const setting of ['steps', 'cfg'] as const) {
    const advice = settingAdvice(setting, request, name, recommended[setting]);
    if (advice !== undefined) warn(setting === 'steps' ? 'STEPS_UNUSUAL' : 'CFG_UNUSUAL', setting, advice);
  }
  if (isFar(request.width * request.height, recommended.width * recommended.height, FAR.pixels)) {
    warn(
      'SIZE_UNUSUAL',
      'width',
      `${name} works best at about ${recommended.width}×${recommended.height} pixels; ` +
        `this job uses ${request.width}×${request.height}.`,
    );
  }
  for (const field of ['prompt', 'negativePrompt'] as const) {
    for (const [pattern, meaning] of FOREIGN_SYNTAX[request.promptStyle ?? 'COMFY']) {
      const found = pattern.exec(request[field])?.[0].trim().slice(0, SHOWN_LENGTH);
      if (found !== undefined) warn('PROMPT_SYNTAX', field, `"${found}" in ${field} ${meaning}.`);
    }
  }
  return warnings;
}

/** The recommendation for a value: the sampler's, if it has one, else the model's; undefined if the value follows it. */
function settingAdvice(
  setting: 'steps' | 'cfg',
  { samplerName, ...request }: Img2ImgSettings,
  model: string,
  recommended: number,
): string | undefined {
  const value = request[setting];
  const range = (SAMPLERS[samplerName] as SamplerSpec | undefined)?.[setting];
  if (!range) {
    if (!isFar(value, recommended, FAR[setting])) return undefined;
    return `${model} works best with ${setting} ${recommended}; this job uses ${value}.`;
  }
  const [least, most] = range;
  if (value * FAR_OUTSIDE >= least && value <= most * FAR_OUTSIDE) return undefined;
  const suits = most === Infinity ? `${least} or more` : `${least} to ${most}`;
  return `The sampler ${samplerName} works best with ${setting} ${suits}; this job uses ${value}.`;
}
