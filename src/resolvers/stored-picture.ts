import { InputError } from '../input-error.ts';
import type { SourceImage } from '../jobs/job.ts';
import { decodeGlobalId } from './ids.ts';
import { resultImage, storedPath } from './images.ts';
import type { Services } from './services.ts';
import { findSource } from './sources.ts';

/** A result or an upload that a job starts from again. */
export interface StoredPicture {
  /** Hash of its file. */
  readonly sha256: string;
  /** Its path on this server. */
  readonly imageUrl: string;
  /** Set for an upload. */
  readonly source?: SourceImage;
}

/** A stored picture by its global id, as the caller may see it. Throws InputError NOT_FOUND or EXPIRED on `field`. */
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
