import { decoding } from '../images/decoding.ts';
import { IMAGE_FORMATS } from '../images/formats.ts';
import { sizeOf } from '../images/source-image.ts';
import { InputError } from '../input-error.ts';
import type { SourceImage } from '../jobs/request.ts';
import { takeUpload } from '../sources/take-source.ts';
import { LostObjectError } from '../storage/object-store.ts';
import type { Caller } from './caller.ts';
import { type UserError, userErrorsOf } from './errors.ts';
import { decodeGlobalId } from './ids.ts';
import { type ImageOptions, type InlineBudget, readImage, resultImage, storedPath } from './images.ts';
import type { Services } from './services.ts';

/** A picture stored for later jobs, or why it was not stored. */
export interface UploadImagePayload {
  readonly image: SourceImage | null;
  readonly userErrors: readonly UserError[];
}

/** Stores a file as a source of the caller, for any number of jobs. User errors: IMAGE_INVALID, IMAGE_TOO_LARGE, QUOTA_EXCEEDED. */
export async function uploadImage(
  file: Blob,
  { owner }: Caller,
  { objects, jobs }: Pick<Services, 'objects' | 'jobs'>,
): Promise<UploadImagePayload> {
  try {
    const image = await takeUpload(file, objects);
    await jobs.keepUpload(image.sha256, owner);
    return { image, userErrors: [] };
  } catch (error) {
    return { image: null, userErrors: userErrorsOf(error) };
  }
}

/** The source with a hash; null if it is unknown to the caller. Throws InputError EXPIRED, LostObjectError. */
export async function findSource(
  sha256: string,
  { objects, jobs }: Pick<Services, 'objects' | 'jobs'>,
  field: readonly string[] = ['id'],
): Promise<SourceImage | null> {
  const [use] = await jobs.objectUses([sha256]);
  if (use === 'expired') throw new InputError('EXPIRED', field, `source ${sha256} has been removed`);
  if (use !== 'used') return null;
  // One at a time, since they are decoded: a request may name a hundred of 32 MiB each.
  const size = await decoding.run(async () => {
    const bytes = await objects.get(sha256);
    if (!bytes) throw new LostObjectError(sha256, 'missing');
    return sizeOf(bytes).catch((error: unknown) => {
      throw new LostObjectError(sha256, 'damaged', { cause: error });
    });
  });
  return { sha256, ...size };
}

/** A source as a data: URI. Throws InputError beyond the operation's budget, LostObjectError. */
export async function sourceDataUri(
  { sha256 }: SourceImage,
  options: ImageOptions,
  services: Pick<Services, 'objects' | 'conversions'>,
  budget: InlineBudget,
): Promise<string> {
  const bytes = await readImage(sha256, options, services);
  if (!bytes) throw new LostObjectError(sha256, 'missing');
  budget.spend(bytes.byteLength);
  return `data:${IMAGE_FORMATS[options.format].mimeType};base64,${bytes.toString('base64')}`;
}

/** A result or an upload as a source. */
export interface StoredPicture {
  /** Hash of its file. */
  readonly sha256: string;
  /** Its path on this server. */
  readonly imageUrl: string;
  /** Set for an upload. */
  readonly source?: SourceImage;
}

/** A stored picture of the caller by its global id. Throws InputError NOT_FOUND or EXPIRED on `field`. */
export async function storedPicture(
  globalId: string,
  services: Pick<Services, 'jobs' | 'objects'>,
  field: string[],
): Promise<StoredPicture> {
  const { typename, id } = decodeGlobalId(globalId, field);
  if (typename !== 'SourceImage') {
    const { sha256 } = await resultImage(globalId, field, services.jobs);
    return { sha256, imageUrl: storedPath({ sha256 }) };
  }
  const source = await findSource(id, services, field);
  if (source) return { sha256: source.sha256, imageUrl: storedPath(source), source };
  throw new InputError('NOT_FOUND', field, `${field.join('.')}: there is no source image with this id`);
}
