import type { Latent } from '../engine/index.ts';
import { encodePreview } from '../images/preview.ts';
import type { JobEvent } from '../jobs/queue.ts';
import { InputError } from '../input-error.ts';

export const PREVIEW_FORMATS = ['WEBP', 'JPEG', 'PNG'] as const;
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

export interface PreviewOptions {
  /** Longest side in pixels. */
  readonly size: number;
  readonly format: PreviewFormat;
  /** 1..100; PNG ignores it. */
  readonly quality: number;
}

/** A small picture of the current denoised estimate. */
export interface Preview {
  readonly dataUri: string;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}

/** Encodings under way or done, for as long as their latent lives: a thousand watchers share one. */
const encodings = new WeakMap<Latent, Map<string, Promise<Preview>>>();

/** The latent as a picture; encoded once per latent and options. */
export function previewOf(latent: Latent, { size, format, quality }: PreviewOptions): Promise<Preview> {
  const known = encodings.get(latent) ?? new Map<string, Promise<Preview>>();
  encodings.set(latent, known);
  const key = `${size} ${format} ${quality}`;
  const preview = known.get(key) ?? encode(latent, { size, format, quality });
  known.set(key, preview);
  return preview;
}

async function encode(latent: Latent, { size, format, quality }: PreviewOptions): Promise<Preview> {
  const { bytes, mimeType, width, height } = await encodePreview(latent, { maxSize: size, format, quality });
  return { dataUri: `data:${mimeType};base64,${bytes.toString('base64')}`, mimeType, width, height };
}

/** Which previews a watcher wants, and how often. */
export interface PreviewWish extends PreviewOptions {
  /** A preview with every n-th step, and with the last one. */
  readonly every: number;
}

/** `PreviewInput` as it arrives: unchecked, null means the default. */
export interface PreviewInput {
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
export function parsePreviewWish(fields: PreviewInput): PreviewWish {
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
