import type { JobEvent } from '../jobs/ports.ts';
import type { Latent } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { PreviewFormat, PreviewOptions } from './preview.ts';

/** Which previews a watcher wants, and how often. */
export interface PreviewWish extends PreviewOptions {
  /** A preview with every n-th step, and with the last one. */
  readonly every: number;
}

/** `PreviewInput` as it arrives: unchecked, null means the default. */
export interface PreviewFields {
  readonly size?: number | null | undefined;
  readonly format?: PreviewFormat | null | undefined;
  readonly quality?: number | null | undefined;
  readonly every?: number | null | undefined;
}

/** What a field is when it is not given; the schema prints these. */
export const PREVIEW_DEFAULTS = {
  size: 256,
  format: 'WEBP',
  quality: 75,
  every: 1,
} as const satisfies PreviewWish;

/** Inclusive bounds of the numeric fields. */
export const PREVIEW_LIMITS = { size: [16, 1024], quality: [1, 100], every: [1, 1000] } as const;

/** Checks a wish and fills in the defaults. Throws InputError for the first value out of its range. */
export function parsePreviewWish(fields: PreviewFields): PreviewWish {
  const number = (name: keyof typeof PREVIEW_LIMITS): number => {
    const value = fields[name] ?? PREVIEW_DEFAULTS[name];
    const [least, most] = PREVIEW_LIMITS[name];
    if (value >= least && value <= most) return value;
    const message = `${name} must be from ${least} to ${most}, got ${value}`;
    throw new InputError('INVALID_VALUE', ['preview', name], message);
  };
  return {
    size: number('size'),
    format: fields.format ?? PREVIEW_DEFAULTS.format,
    quality: number('quality'),
    every: number('every'),
  };
}

/** The latent to show to a watcher with this event; undefined if none is due. */
export function latentDue(event: JobEvent, every: number): Latent | undefined {
  if (event.type === 'stage') return event.preview ?? undefined;
  if (event.type !== 'step') return undefined;
  const { step, totalSteps } = event.job;
  return step % every === 0 || step >= totalSteps ? event.preview : undefined;
}
