import { inspectImage } from '../images/source-image.ts';
import type { SourceImage } from '../jobs/job.ts';
import { anyAddress, publicAddresses } from './address-policy.ts';
import { fetchImage } from './fetch-image.ts';
import { readUpload } from './source-bytes.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ownPicture } from './own-picture.ts';

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

/** The bytes of a given image, undefined if none is given. Throws InputError if they cannot be had. */
export async function givenBytes(
  { image, imageUrl }: GivenImage,
  objects: ObjectStore,
  { ownUrls, allowPrivateImageUrls }: SourceOptions,
): Promise<Buffer | undefined> {
  if (image) return readUpload(image);
  const url = imageUrl?.trim() ?? '';
  if (url === '') return undefined;
  const isAllowed = allowPrivateImageUrls ? anyAddress : publicAddresses;
  return (await ownPicture(url, ownUrls, objects)) ?? (await fetchImage(url, { isAllowed }));
}

/**
 * Fetches or takes the source image, looks at it and stores it, so that a job never depends on a URL again.
 * null if there is none. Throws InputError if it cannot be had or read.
 */
export async function takeSource(
  given: GivenImage,
  objects: ObjectStore,
  options: SourceOptions,
): Promise<SourceImage | null> {
  const bytes = await givenBytes(given, objects, options);
  if (!bytes) return null;
  const { width, height } = await inspectImage(bytes, ['input', given.image ? 'image' : 'imageUrl']);
  const { sha256 } = await objects.put(bytes);
  return { sha256, width, height };
}
