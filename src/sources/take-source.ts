import { inspectImage } from '../images/source-image.ts';
import type { SourceImage } from '../jobs/request.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { anyAddress, publicAddresses } from './address-policy.ts';
import { bytesUnderWay } from './byte-budget.ts';
import { fetchImage } from './fetch-image.ts';
import { checkImageUrl } from './image-url.ts';
import { ownPicture } from './own-picture.ts';
import { MAX_SOURCE_BYTES, readUpload } from './source-bytes.ts';

/** A picture as it is given: an upload or a URL. */
interface GivenImage {
  readonly image?: Blob | null | undefined;
  readonly imageUrl?: string | null | undefined;
}

/** What a URL may lead to. */
interface SourceOptions {
  /** The beginnings of this server's addresses. */
  readonly ownUrls: readonly string[];
  readonly allowPrivateImageUrls: boolean;
}

/**
 * What `use` makes of the bytes of a given image, and of what its server calls them; undefined if none is given. The bytes
 * count as under way until then. Throws InputError if they cannot be had, BusyError if there is no room for them now.
 */
export async function withGivenBytes<T>(
  { image, imageUrl }: GivenImage,
  objects: ObjectStore,
  { ownUrls, allowPrivateImageUrls }: SourceOptions,
  use: (bytes: Buffer, mediaType?: string) => Promise<T>,
): Promise<T | undefined> {
  if (image) return use(await readUpload(image)); // the request's bytes are counted as a whole
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
 * Fetches or takes the source image, looks at it and stores it, so that a job never depends on a URL again.
 * null without a source. Throws InputError if it cannot be fetched or read, BusyError if there is no room for it now.
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

/** Looks at an uploaded file and stores it. Throws InputError on `file` if it cannot be read. */
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
