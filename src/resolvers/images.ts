import { buffer } from 'node:stream/consumers';
import { IMAGE_FORMATS, type ImageFormat } from '../images/formats.ts';
import { InputError } from '../input-error.ts';
import type { Job, JobImage } from '../jobs/job.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { LostObjectError, StorageUnavailableError, type StoredBytes } from '../storage/object-store.ts';
import { decodeGlobalId } from './ids.ts';
import { findJob, type JobLoader } from './jobs.ts';
import type { Services } from './services.ts';
import { getIntact, openPng } from './stored-png.ts';

/** A result image together with the job that made it. */
export interface Image extends JobImage {
  readonly job: Job;
}

/** The images of a job, each with its job. */
export const imagesOf = (job: Job): Image[] => job.images.map((image) => ({ ...image, job }));

/** The image with the id `<job id>:<index>`; undefined if it is unknown. Throws InputError EXPIRED. */
export async function findImage(id: string, jobs: JobLoader): Promise<Image | undefined> {
  const [jobId = '', index] = id.split(':');
  const job = await findJob(jobId, jobs);
  const found = job ? imagesOf(job).find((image) => String(image.index) === index) : undefined;
  if (job && !found && wasDeleted(job, Number(index))) {
    throw new InputError('EXPIRED', ['id'], `image ${index} of job ${job.id} was deleted`);
  }
  return found;
}

/** Whether a job had an image with this index that was deleted. */
export const wasDeleted = ({ status, images, request }: Job, index: number): boolean =>
  status === 'SUCCEEDED' && index < request.batchSize && !images.some((image) => image.index === index);

/** The path on this server of a stored picture. */
export const storedPath = ({ sha256 }: Pick<JobImage, 'sha256'>): string =>
  imageUrl(sha256, parseImageOptions({}), '');

/** The image with a global id. Throws InputError on `field` for one that is not among `jobs`. */
export async function resultImage(
  globalId: string,
  field: string[],
  jobs: Pick<JobQueue, 'get'>,
): Promise<JobImage> {
  const { typename, id } = decodeGlobalId(globalId, field);
  const [jobId = '', index] = id.split(':');
  const job = typename === 'Image' ? await jobs.get(jobId) : 'unknown';
  const images = typeof job === 'string' ? [] : job.images;
  const image = images.find((candidate) => String(candidate.index) === index);
  if (image) return image;
  throw new InputError('NOT_FOUND', field, `${field.join('.')}: there is no image with this id`);
}

/** The requested form of an image; without a quality, the encoder's default. */
export interface ImageOptions {
  readonly format: ImageFormat;
  /** 1..100; PNG is lossless and ignores it. */
  readonly quality: number | undefined;
  /** Longest side in pixels, one of IMAGE_SIZES; undefined: the stored size. */
  readonly size: number | undefined;
}

/** Inclusive bounds of a quality. */
export const QUALITY_RANGE = [1, 100] as const;

/** Available sizes by the longest side; few, to limit conversions. */
export const IMAGE_SIZES = [64, 128, 256, 512, 1024] as const;

/** The unchecked form of an image; null means the default. */
export interface ImageArguments {
  readonly format?: ImageFormat | null | undefined;
  readonly quality?: number | null | undefined;
  readonly size?: number | null | undefined;
}

/** Fills in the defaults. Throws InputError for a quality beyond 1..100, or a size that is not one of IMAGE_SIZES. */
export function parseImageOptions(options: ImageArguments): ImageOptions {
  const size = options.size ?? undefined;
  if (size !== undefined && !IMAGE_SIZES.some((one) => one === size)) {
    const message = `size must be one of ${IMAGE_SIZES.join(', ')}, got ${size}`;
    throw new InputError('INVALID_VALUE', ['size'], message);
  }
  const quality = options.quality ?? undefined;
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new InputError('INVALID_VALUE', ['quality'], `quality must be from 1 to 100, got ${quality}`);
  }
  return { format: options.format ?? 'PNG', quality, size };
}

/** The address of a stored image below `baseUrl`; its content never changes. */
export function imageUrl(sha256: string, { format, quality, size }: ImageOptions, baseUrl: string): string {
  const query = new URLSearchParams({
    ...(size !== undefined && { size: String(size) }),
    ...(quality !== undefined && format !== 'PNG' && { quality: String(quality) }),
  });
  const suffix = query.size > 0 ? `?${query}` : '';
  return `${baseUrl}/images/${sha256}.${IMAGE_FORMATS[format].extension}${suffix}`;
}

/**
 * A stored picture in the requested format and size; undefined if it is missing. A PNG in full size is the stored file itself.
 * Rejects with the signal's reason if the client disconnects before. Throws LostObjectError for a damaged
 * file; where only the whole of it shows that, the stream ends with that error.
 */
export async function openImage(
  sha256: string,
  options: ImageOptions,
  {
    objects,
    conversions,
  }: Pick<Services, 'conversions'> & { readonly objects: Pick<Services['objects'], 'get' | 'has' | 'open'> },
  signal?: AbortSignal,
): Promise<StoredBytes | undefined> {
  if (options.format === 'PNG' && options.size === undefined) {
    const stored = await openPng(sha256, objects);
    if (stored !== 'other') return stored;
  } else if (!(await objects.has(sha256))) return undefined; // a cached conversion must not outlive its picture
  return conversions.convert(sha256, options, () => getIntact(sha256, objects), signal);
}

/** Like `openImage`, in memory. Throws StorageUnavailableError where the store breaks off. */
export async function readImage(
  sha256: string,
  options: ImageOptions,
  services: Pick<Services, 'objects' | 'conversions'>,
): Promise<Buffer | undefined> {
  const opened = await openImage(sha256, options, services);
  return (
    opened &&
    buffer(opened.stream).catch((error: unknown) => {
      if (error instanceof LostObjectError) throw error;
      throw new StorageUnavailableError(`the picture ${sha256} broke off`, { cause: error });
    })
  );
}

/** A stored picture as a data: URI. Throws InputError beyond the operation's budget, LostObjectError. */
export async function imageDataUri(
  { sha256, byteSize }: Pick<JobImage, 'sha256' | 'byteSize'>,
  options: ImageOptions,
  services: Pick<Services, 'objects' | 'conversions'>,
  budget: InlineBudget,
): Promise<string> {
  budget.spend(byteSize);
  const bytes = await readImage(sha256, options, services);
  if (!bytes) throw new LostObjectError(sha256, 'missing');
  return `data:${IMAGE_FORMATS[options.format].mimeType};base64,${bytes.toString('base64')}`;
}

/** Bytes of images as data: URIs in one operation, whose answer is in memory as a whole. */
export const MAX_INLINE_BYTES = 64 * 2 ** 20;

/** The remaining budget of one operation. */
export class InlineBudget {
  #left = MAX_INLINE_BYTES;

  /** Takes the bytes of an image. Throws InputError UNSUPPORTED if too few are left. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new InputError(
      'UNSUPPORTED',
      ['dataUri'],
      `dataUri: one operation may carry images of ${MAX_INLINE_BYTES / 2 ** 20} MiB; ask for fewer of them, or for their url`,
    );
  }
}
