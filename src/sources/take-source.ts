import { inspectImage } from '../images/source-image.ts';
import type { SourceImage } from '../jobs/request.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { anyAddress, publicAddresses } from './address-policy.ts';
import { bytesUnderWay } from './byte-budget.ts';
import { fetchImage } from './fetch-image.ts';
import { checkImageUrl } from './image-url.ts';
import { ownPicture } from './own-picture.ts';
import { MAX_SOURCE_BYTES, readUpload } from './source-bytes.ts';

/** A given picture: an upload or a URL. */
interface GivenImage {
  readonly image?: Blob | null | undefined;
  readonly imageUrl?: string | null | undefined;
}

/** Options for pictures at URLs. */
interface SourceOptions {
  /** Base URLs of this server. */
  readonly ownUrls: readonly string[];
  readonly allowPrivateImageUrls: boolean;
}

/**
 * The result of `use` for the bytes of a given image and their Content-Type; undefined if no image is given. The bytes count in
 * the budget until then. Throws InputError if they cannot be read, BusyError if the budget has no room for them.
 */
export async function withGivenBytes<T>(
  { image, imageUrl }: GivenImage,
  objects: ObjectStore,
  { ownUrls, allowPrivateImageUrls }: SourceOptions,
  use: (bytes: Buffer, mediaType?: string) => Promise<T>,
): Promise<T | undefined> {
  if (image) return use(await readUpload(image)); // the budget already counts the whole request
  const url = imageUrl?.trim() ?? '';
  if (url === '') return undefined;
  checkImageUrl(url);
  const own = await ownPicture(url, ownUrls, objects);
  if (own) return use(own);
  const share = bytesUnderWay.open();
  try {
    const isAllowed = allowPrivateImageUrls ? anyAddress : publicAddresses;
    const { bytes, mediaType } = await fetchImage(url, { isAllowed, onBytes: share.take });
    return await use(bytes, mediaType);
  } finally {
    share.release();
  }
}

/**
 * Fetches or receives the source image, inspects and stores it, so that a job never depends on a URL again; null without a
 * source. Throws InputError if it cannot be fetched or read, BusyError if the budget has no room for it.
 */
export async function takeSource(
  given: GivenImage,
  objects: ObjectStore,
  options: SourceOptions,
): Promise<SourceImage | null> {
  const field = ['input', given.image ? 'image' : 'imageUrl'];
  const source = await withGivenBytes(given, objects, options, (bytes, mediaType) =>
    storeSource(bytes, objects, field, mediaType),
  );
  return source ?? null;
}

/** Inspects and stores an uploaded file. Throws InputError on `file` if it cannot be read. */
export async function takeUpload(file: Blob, objects: ObjectStore): Promise<SourceImage> {
  const field = ['file'];
  return storeSource(await readUpload(file, MAX_SOURCE_BYTES, field), objects, field);
}

async function storeSource(
  file: Buffer,
  objects: ObjectStore,
  field: readonly string[],
  mediaType?: string,
): Promise<SourceImage> {
  const { bytes, width, height } = await inspectImage(file, field, mediaType);
  const { sha256 } = await objects.put(bytes);
  return { sha256, width, height };
}
