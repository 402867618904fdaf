import type { Latent, PreviewWish } from '../engine/index.ts';
import { encodePreview } from '../images/preview.ts';
import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import type { JobEvent, JobQueue } from '../jobs/queue.ts';
import { IMG2IMG_LIMITS } from './img2img-fields.ts';

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

/** The unchecked arguments of a preview; null means the default. */
export type PreviewArguments = {
  readonly [Name in keyof PreviewOptions]?: PreviewOptions[Name] | null | undefined;
};

/** Defaults of the arguments; the schema prints them. */
export const PREVIEW_DEFAULTS = { size: 256, format: 'WEBP', quality: 75 } as const satisfies PreviewOptions;

/** Inclusive bounds of the numeric arguments. */
export const PREVIEW_LIMITS = { size: [16, 1024], quality: [1, 100] } as const;

/** Checks the arguments and fills in the defaults. Throws InputError for the first value out of range. */
export function parsePreviewOptions(given: PreviewArguments): PreviewOptions {
  const number = (name: keyof typeof PREVIEW_LIMITS): number => {
    const value = given[name] ?? PREVIEW_DEFAULTS[name];
    const [least, most] = PREVIEW_LIMITS[name];
    if (value >= least && value <= most) return value;
    throw new InputError('INVALID_VALUE', [name], `${name} must be from ${least} to ${most}, got ${value}`);
  };
  return {
    size: number('size'),
    format: given.format ?? PREVIEW_DEFAULTS.format,
    quality: number('quality'),
  };
}

/** The largest batch. */
const [, MOST_IMAGES] = IMG2IMG_LIMITS.batchSize;

/** Receives reports of clients that watch previews. */
type Jobs = Pick<JobQueue, 'wantPreview'>;

/** The preview in an event: the current estimate of the first image; null without one. */
export async function eventPreview(
  event: JobEvent,
  given: PreviewArguments,
  jobs: Jobs,
): Promise<Preview | null> {
  const options = parsePreviewOptions(given);
  const latent = latentWanted(event, { ...options, images: 1 }, jobs);
  return latent && previewOf(latent, options);
}

/** The previews of all images of the batch in an event; empty without one. */
export async function eventPreviews(
  event: JobEvent,
  given: PreviewArguments,
  jobs: Jobs,
): Promise<Preview[]> {
  const options = parsePreviewOptions(given);
  const latent = latentWanted(event, { ...options, images: MOST_IMAGES }, jobs);
  const count = latent ? (latent.images ?? 1) : 0;
  return Promise.all(Array.from({ length: count }, (_, image) => previewOf(latent!, options, image)));
}

/** The current preview of a job; null unless it is running and has done a step. */
export async function jobPreview(
  job: Pick<Job, 'id' | 'status'>,
  given: PreviewArguments,
  jobs: Jobs & Pick<JobQueue, 'watch'>,
): Promise<Preview | null> {
  const options = parsePreviewOptions(given);
  const event = await presentEvent(job, jobs);
  return event ? eventPreview(event, options, jobs) : null;
}

/** The current previews of all images of a job; empty unless it is running and has done a step. */
export async function jobPreviews(
  job: Pick<Job, 'id' | 'status'>,
  given: PreviewArguments,
  jobs: Jobs & Pick<JobQueue, 'watch'>,
): Promise<Preview[]> {
  const options = parsePreviewOptions(given);
  const event = await presentEvent(job, jobs);
  return event ? eventPreviews(event, options, jobs) : [];
}

/** The latent of an event. Also reports that the next previews of its job are wanted. */
function latentWanted(event: JobEvent, { size, images }: PreviewWish, jobs: Jobs): Latent | null {
  if (!('preview' in event)) return null;
  jobs.wantPreview(event.job.id, { size, images });
  return event.preview;
}

/** The state of a running job as an event; undefined for any other job. */
async function presentEvent(
  { id, status }: Pick<Job, 'id' | 'status'>,
  jobs: Pick<JobQueue, 'watch'>,
): Promise<JobEvent | undefined> {
  const events = status === 'RUNNING' ? await jobs.watch(id) : 'unknown';
  if (typeof events === 'string') return undefined;
  const { value } = (await events.next()) as IteratorResult<JobEvent, undefined>;
  await events.return?.();
  return value;
}

/** Pending and finished encodings, as long as their latent exists: a thousand watchers share one. */
const encodings = new WeakMap<Latent, Map<string, Promise<Preview>>>();

/** Different previews of one latent besides the default ones: each is encoded for every step. */
export const MAX_PREVIEW_VARIANTS = 32;

/**
 * One image of the latent as a picture; encoded once per latent, image and options. Rejects with InputError UNSUPPORTED beyond
 * MAX_PREVIEW_VARIANTS.
 */
export function previewOf(latent: Latent, options: PreviewOptions, image = 0): Promise<Preview> {
  const known = encodings.get(latent) ?? new Map<string, Promise<Preview>>();
  encodings.set(latent, known);
  const key = keyOf(options, image);
  const others = [...known.keys()].filter((one) => !one.endsWith(DEFAULT_KEY)).length;
  if (others >= MAX_PREVIEW_VARIANTS && !known.has(key) && !key.endsWith(DEFAULT_KEY)) {
    const message = `preview: expected at most ${MAX_PREVIEW_VARIANTS} different previews of one step: select fewer sizes, formats and qualities`;
    return Promise.reject(new InputError('UNSUPPORTED', ['preview'], message));
  }
  const preview = known.get(key) ?? encode(ofImage(latent, image), options);
  known.set(key, preview);
  return preview;
}

const optionsKey = ({ size, format, quality }: PreviewOptions): string => ` ${size} ${format} ${quality}`;

const keyOf = (options: PreviewOptions, image: number): string => `${image}${optionsKey(options)}`;

const DEFAULT_KEY = optionsKey(PREVIEW_DEFAULTS);

/** The latent of one image of a batch. */
function ofImage({ images: _, pictures, ...latent }: Latent, image: number): Latent {
  const part = <Values extends Float32Array | Uint8Array>(values: Values, length: number) =>
    values.subarray(image * length, (image + 1) * length) as Values;
  const data = part(latent.data, latent.channels * latent.height * latent.width);
  if (!pictures || image >= pictures.images) return { ...latent, data };
  const bytes = part(pictures.data, 3 * pictures.height * pictures.width);
  return { ...latent, data, pictures: { ...pictures, images: 1, data: bytes } };
}

async function encode(latent: Latent, { size, format, quality }: PreviewOptions): Promise<Preview> {
  const { bytes, mimeType, width, height } = await encodePreview(latent, { maxSize: size, format, quality });
  return { dataUri: `data:${mimeType};base64,${bytes.toString('base64')}`, mimeType, width, height };
}
