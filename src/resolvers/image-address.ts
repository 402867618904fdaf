import { InputError } from '../input-error.ts';
import type { Job, JobImage } from '../jobs/job.ts';

/** A result image together with the job that made it. */
export interface JobImageOf extends JobImage {
  readonly jobId: string;
}

/** The images of a job, each knowing its job. */
export const imagesOf = (job: Job): JobImageOf[] => job.images.map((image) => ({ ...image, jobId: job.id }));

/** The formats in which an image can be had, with its file extension and media type. */
export const IMAGE_FORMATS = {
  PNG: { extension: 'png', mimeType: 'image/png' },
  WEBP: { extension: 'webp', mimeType: 'image/webp' },
  JPEG: { extension: 'jpg', mimeType: 'image/jpeg' },
  AVIF: { extension: 'avif', mimeType: 'image/avif' },
} as const;
export type ImageFormat = keyof typeof IMAGE_FORMATS;

/** How an image is asked for; without a quality the encoder's default holds. */
export interface ImageOptions {
  readonly format: ImageFormat;
  /** 1..100; PNG is lossless and ignores it. */
  readonly quality: number | undefined;
}

/** Fills in what was left out. Throws InputError for a quality beyond 1..100. */
export function parseImageOptions(options: {
  readonly format?: ImageFormat | null | undefined;
  readonly quality?: number | null | undefined;
}): ImageOptions {
  const quality = options.quality ?? undefined;
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new InputError('INVALID_VALUE', ['quality'], `quality must be from 1 to 100, got ${quality}`);
  }
  return { format: options.format ?? 'PNG', quality };
}

/** The address of a stored image below `baseUrl`; what is there never changes. */
export function imageUrl(sha256: string, { format, quality }: ImageOptions, baseUrl: string): string {
  const query = quality === undefined || format === 'PNG' ? '' : `?quality=${quality}`;
  return `${baseUrl}/images/${sha256}.${IMAGE_FORMATS[format].extension}${query}`;
}
