import { inspectImage } from '../images/source-image.ts';
import type { SourceImage } from '../jobs/job.ts';
import { anyAddress, publicAddresses } from './address-policy.ts';
import { fetchImage } from './fetch-image.ts';
import { readUpload } from './source-bytes.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ownPicture } from './own-picture.ts';

/**
 * Fetches or takes the source image, looks at it and stores it, so that a job never depends on a URL again.
 * null if there is none. `ownUrls` are the beginnings of this server's addresses. Throws InputError if it cannot be had or read.
 */
export async function takeSource(
  {
    image,
    imageUrl,
  }: { readonly image?: Blob | null | undefined; readonly imageUrl?: string | null | undefined },
  objects: ObjectStore,
  {
    ownUrls,
    allowPrivateImageUrls,
  }: { readonly ownUrls: readonly string[]; readonly allowPrivateImageUrls: boolean },
): Promise<SourceImage | null> {
  const url = imageUrl?.trim() ?? '';
  if (!image && url === '') return null;
  const isAllowed = allowPrivateImageUrls ? anyAddress : publicAddresses;
  const bytes = image
    ? await readUpload(image)
    : ((await ownPicture(url, ownUrls, objects)) ?? (await fetchImage(url, { isAllowed })));
  const { width, height } = await inspectImage(bytes, ['input', image ? 'image' : 'imageUrl']);
  const { sha256 } = await objects.put(bytes);
  return { sha256, width, height };
}
