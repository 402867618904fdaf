import { InputError } from '../input-error.ts';
import type { JobUpscale } from '../jobs/request.ts';
import { IMG2IMG_LIMITS, type UpscaleInput } from './img2img-fields.ts';

/** Defaults of the fields; the schema prints them. */
export const UPSCALE_DEFAULTS = {
  by: 2,
  method: 'nearest-exact',
  denoiseStrength: 0.5,
} as const satisfies UpscaleInput;

/** Inclusive bounds of the factor. */
export const UPSCALE_LIMITS = { by: [1, 8] } as const;

/** A checked second pass whose upscaler is not resolved yet. */
export type CheckedUpscale = Omit<JobUpscale, 'model'> & { readonly model: string | null };

/** The first pass, as the second one needs it. */
export interface FirstPass {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  /** Sides of the model's pictures are multiples of this. */
  readonly multiple: number;
}

const FIELD = ['input', 'upscale'];

/** Checks a second pass and computes its size; calls `fault` for each problem. */
export function parseUpscale(
  fields: UpscaleInput,
  first: FirstPass,
  fault: (error: InputError) => void,
): CheckedUpscale {
  const inRange = (name: 'by' | 'denoiseStrength' | 'steps', value: number): number => {
    const [least, most] = name === 'by' ? UPSCALE_LIMITS.by : IMG2IMG_LIMITS[name];
    if (!(value >= least && value <= most)) {
      const message = `upscale.${name} must be from ${least} to ${most}, got ${value}`;
      fault(new InputError('INVALID_VALUE', [...FIELD, name], message));
    }
    return value;
  };
  const by = inRange('by', fields.by ?? UPSCALE_DEFAULTS.by);
  const side = (length: number) =>
    Math.max(first.multiple, Math.round((length * by) / first.multiple) * first.multiple);
  const [width, height] = [side(first.width), side(first.height)];
  const [, most] = IMG2IMG_LIMITS.width;
  const longest = Math.max(first.width, first.height);
  if (Math.max(width, height) > most && longest <= most) {
    const largest = Math.floor((most / longest) * 100) / 100;
    const message =
      `upscale.by ${by} enlarges ${first.width}×${first.height} to ${width}×${height}, ` +
      `expected sides of at most ${most}: the largest factor here is ${largest}`;
    fault(new InputError('INVALID_VALUE', [...FIELD, 'by'], message));
  }
  return {
    by,
    width,
    height,
    model: fields.model ?? null,
    method: fields.method ?? UPSCALE_DEFAULTS.method,
    denoiseStrength: inRange('denoiseStrength', fields.denoiseStrength ?? UPSCALE_DEFAULTS.denoiseStrength),
    steps: inRange('steps', fields.steps ?? first.steps),
  };
}
