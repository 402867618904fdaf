import { inspectImage } from '../images/source-image.ts';
import type { JobSource } from '../jobs/job.ts';
import { anyAddress, publicAddresses } from '../storage/address-policy.ts';
import { fetchImage } from '../storage/fetch-image.ts';
import { readUpload } from '../storage/source-bytes.ts';
import type { Img2ImgFields } from './img2img-fields.ts';
import { ownPicture } from './own-picture.ts';
import type { Services } from './services.ts';

/**
 * Fetches or takes the source image, looks at it and stores it, so that a job never depends on a URL again.
 * null if there is none. `baseUrl` is where the client reaches this server. Throws InputError if it cannot be had or read.
 */
export async function takeSource(
  { image, imageUrl }: Img2ImgFields,
  { config, objects }: Services,
  baseUrl: string,
): Promise<JobSource | null> {
  const url = imageUrl?.trim() ?? '';
  if (!image && url === '') return null;
  const isAllowed = config.allowPrivateImageUrls ? anyAddress : publicAddresses;
  const bytes = image
    ? await readUpload(image)
    : ((await ownPicture(url, baseUrl, objects)) ?? (await fetchImage(url, { isAllowed })));
  const { width, height } = await inspectImage(bytes, ['input', image ? 'image' : 'imageUrl']);
  const { sha256 } = await objects.put(bytes);
  return { sha256, width, height };
}
