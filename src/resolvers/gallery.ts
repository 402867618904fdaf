import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import type { JobFilter, JobQueue } from '../jobs/queue.ts';
import { type UserError, userErrorsOf } from './errors.ts';
import { decodeGlobalId, encodeGlobalId } from './ids.ts';
import { type Image, imagesOf, wasDeleted } from './images.ts';
import { absent, type JobPage } from './jobs.ts';
import type { Services } from './services.ts';

/** Jobs read at a time. */
const CHUNK = 50;

/** Position of an image in the gallery; next come the later images of its batch, then those of older jobs. */
interface Place {
  readonly jobId: string;
  readonly index: number;
}

/** The cursor of an image. */
export const imageCursor = ({ job, index }: Image): string => `${job.id}:${index}`;

/** The gallery's filter: images of succeeded jobs. */
const shown = (filter: JobFilter): JobFilter => ({ ...filter, status: ['SUCCEEDED'] });

/** The number of images that match a filter. */
export const countImages = (filter: JobFilter, jobs: JobQueue): Promise<number> =>
  jobs.countImages(shown(filter));

/** The images of a page, in the page's direction. Throws InputError for an invalid cursor. */
export async function listImages(page: JobPage, jobs: JobQueue): Promise<Image[]> {
  const [after, before] = [placeOf('after', page), placeOf('before', page)];
  const [first, last] = page.inverted ? [before, after] : [after, before];
  const found: Image[] = [];
  const take = (job: Job): boolean => {
    const images = imagesOf(job).filter(
      (image) =>
        (after?.jobId !== job.id || image.index > after.index) &&
        (before?.jobId !== job.id || image.index < before.index),
    );
    found.push(...(page.inverted ? images.reverse() : images));
    return found.length >= page.limit;
  };
  const takeAt = async (place: Place | undefined): Promise<boolean> => {
    const job = place && (await jobs.get(place.jobId));
    return typeof job === 'object' && take(job);
  };
  const takeBetween = async (): Promise<boolean> => {
    for (let from = first?.jobId; ;) {
      const [olderThan, newerThan] = page.inverted ? [after?.jobId, from] : [from, before?.jobId];
      const chunk = await jobs.list({
        ...shown(page.filter),
        ...{ limit: CHUNK, from: page.inverted ? 'oldest' : 'newest' },
        ...(olderThan !== undefined && { olderThan }),
        ...(newerThan !== undefined && { newerThan }),
      });
      if (page.inverted) chunk.reverse();
      if (chunk.some(take)) return true;
      if (chunk.length < CHUNK) return false;
      from = chunk.at(-1)!.id;
    }
  };
  const isWithinOne = first !== undefined && first.jobId === last?.jobId;
  if (!(await takeAt(first)) && !isWithinOne && !(await takeBetween())) await takeAt(last);
  return found.slice(0, page.limit);
}

function placeOf(name: 'after' | 'before', page: JobPage): Place | undefined {
  const cursor = page[name];
  if (cursor === undefined) return undefined;
  const [, jobId, index] = /^([\da-f-]{36}):(\d{1,3})$/.exec(cursor) ?? [];
  if (jobId !== undefined) return { jobId, index: Number(index) };
  const message = `${name} must be a cursor from an earlier page, got "${cursor}"`;
  throw new InputError('INVALID_VALUE', [name], message);
}

/** The id of a deleted image, or why it was not deleted. */
export interface DeleteImagePayload {
  readonly deletedId: string | null;
  readonly userErrors: readonly UserError[];
}

/** Removes an image from its job, and its file if nothing else refers to it. User errors: INVALID_VALUE, NOT_FOUND, EXPIRED. */
export async function deleteImage(
  globalId: string,
  { jobs, removeObjects }: Pick<Services, 'jobs' | 'removeObjects'>,
): Promise<DeleteImagePayload> {
  try {
    const { typename, id } = decodeGlobalId(globalId);
    if (typename !== 'Image') {
      const message = `id must be the id of an image, got that of a ${typename}: "${globalId}"`;
      throw new InputError('INVALID_VALUE', ['id'], message);
    }
    const [jobId = '', index] = id.split(':');
    const removed = await jobs.removeImage(jobId, Number(index));
    if (removed.outcome === 'no-image') throw imageGone(removed.job, Number(index));
    if (removed.outcome !== 'removed') throw absent(jobId, removed.outcome);
    await removeObjects(removed.objects);
    return { deletedId: encodeGlobalId('Image', id), userErrors: [] };
  } catch (error) {
    return { deletedId: null, userErrors: userErrorsOf(error) };
  }
}

/** Why a job has no image with an index: deleted, or never made. */
function imageGone(job: Job, index: number): InputError {
  if (wasDeleted(job, index))
    return new InputError('EXPIRED', ['id'], `image ${index} of job ${job.id} was deleted`);
  return new InputError('NOT_FOUND', ['id'], `job ${job.id} has no image ${index}`);
}
