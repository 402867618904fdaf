import { transcode } from '../images/transcode.ts';
import type { JobImage } from '../jobs/job.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { IMAGE_FORMATS, type ImageOptions } from './image-address.ts';
import type { InlineBudget } from './inline-budget.ts';

/** A stored picture in the format asked for; undefined if there is none. A stored PNG is given as it is. */
export async function readImage(
  sha256: string,
  options: ImageOptions,
  objects: ObjectStore,
): Promise<Buffer | undefined> {
  const stored = await objects.get(sha256);
  if (!stored || (options.format === 'PNG' && isPng(stored))) return stored;
  return transcode(stored, options);
}

/** A stored picture as a data: URI. Throws InputError beyond the operation's budget, Error if its bytes are gone. */
export async function imageDataUri(
  { sha256, byteSize }: Pick<JobImage, 'sha256' | 'byteSize'>,
  options: ImageOptions,
  objects: ObjectStore,
  budget: InlineBudget,
): Promise<string> {
  budget.spend(byteSize);
  const bytes = await readImage(sha256, options, objects);
  if (!bytes) throw new Error(`the object store has lost ${sha256}`);
  return `data:${IMAGE_FORMATS[options.format].mimeType};base64,${bytes.toString('base64')}`;
}

const isPng = (bytes: Buffer): boolean => bytes.readUInt32BE() === 0x89504e47;
