import type { JobEvent } from '../jobs/ports.ts';
import { absent } from './find-job.ts';
import { decodeJobId } from './global-id.ts';
import { latentDue, parsePreviewWish, type PreviewFields, type PreviewWish } from './preview-wish.ts';
import { previewOf, type Preview } from './preview.ts';
import type { Services } from './services.ts';

/** An event on its way to one watcher. */
export interface Img2ImgUpdate<Event extends JobEvent = JobEvent> {
  readonly event: Event;
  /** Whether the watcher joined with it: then it shows the last preview, however seldom it wants one. */
  readonly isFirst: boolean;
  /** Encodes the event's preview as this watcher wants it; null if it shall have none. */
  preview(): Promise<Preview | null>;
}

/** The present state of a job, then its events until it ends. Throws InputError for an absent job or an unusable wish. */
export async function watchImg2Img(
  globalId: string,
  fields: PreviewFields,
  { jobs, events }: Services,
): Promise<AsyncIterableIterator<Img2ImgUpdate>> {
  const wish = parsePreviewWish(fields);
  const jobId = decodeJobId(globalId, ['jobId']);
  const job = await jobs.get(jobId);
  if (typeof job === 'string') throw absent(jobId, job, ['jobId']);
  return updates(events.watch(jobId, job), wish);
}

/** An iterator, not a generator: `return` must reach the source at once, not after its next event. */
function updates(
  events: AsyncIterableIterator<JobEvent>,
  wish: PreviewWish,
): AsyncIterableIterator<Img2ImgUpdate> {
  let isFirst = true;
  return {
    next: async () => {
      const { done, value } = (await events.next()) as IteratorResult<JobEvent, undefined>;
      if (done) return { done, value };
      const update = toUpdate(value, wish, isFirst);
      isFirst = false;
      return { done: false, value: update };
    },
    return: async () => {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const toUpdate = (event: JobEvent, wish: PreviewWish, isFirst: boolean): Img2ImgUpdate => ({
  event,
  isFirst,
  preview: async () => {
    const latent = latentDue(event, isFirst ? 1 : wish.every);
    return latent ? previewOf(latent, wish) : null;
  },
});
