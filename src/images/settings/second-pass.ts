import { asNumber, asText, at, isRecord } from './json.ts';
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
