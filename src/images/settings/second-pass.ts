import { asNumber, asText, at, isRecord } from './json.ts';
import { LATENT_LABELS } from './names.ts';
import type { PictureUpscale } from './picture-settings.ts';

/** What `img2img` takes of a second pass. */
const LIMITS = { by: [1, 8], denoiseStrength: [0, 1], steps: [1, 150] } as const;

const METHODS: ReadonlySet<string> = new Set(['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp']);

/** The second pass as this program writes it; undefined if any of it is not as it should be. */
export function readSecondPass(value: unknown): PictureUpscale | undefined {
  if (!isRecord(value)) return undefined;
  const number = (field: keyof typeof LIMITS): number => {
    const found = asNumber(value[field]) ?? NaN;
    const [least, most] = LIMITS[field];
    return found >= least && found <= most ? found : NaN;
  };
  const [by, denoiseStrength, steps] = [number('by'), number('denoiseStrength'), number('steps')];
  const method = asText(value['method']) ?? '';
  const model = asText(at(value['model'], 'name'));
  const isWhole = Number.isFinite(by + denoiseStrength) && Number.isInteger(steps) && METHODS.has(method);
  return isWhole ? { by, denoiseStrength, steps, method, ...(model !== undefined && { model }) } : undefined;
}

/** The second pass as this program writes it into A1111's text; undefined likewise. */
export function readSecondPassText({
  upscaler,
  ...numbers
}: Readonly<Record<'by' | 'steps' | 'denoiseStrength' | 'upscaler', string | undefined>>):
  PictureUpscale | undefined {
  const method = Object.entries(LATENT_LABELS).find(([, label]) => label === upscaler)?.[0];
  if (method !== undefined) return readSecondPass({ ...numbers, method });
  return upscaler === undefined
    ? undefined
    : readSecondPass({ ...numbers, method: 'nearest-exact', model: { name: upscaler } });
}
