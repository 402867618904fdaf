import type { JobEvent } from '../jobs/queue.ts';
import { absent } from './jobs.ts';
import { decodeJobId } from './ids.ts';
import {
  latentDue,
  parsePreviewWish,
  previewOf,
  type Preview,
  type PreviewInput,
  type PreviewWish,
} from './previews.ts';
import type { Services } from './services.ts';

/** An event on its way to one subscriber. */
export interface Img2ImgEvent<Event extends JobEvent = JobEvent> {
  readonly event: Event;
  /** Whether it is the subscriber's first: then it carries the last preview, however seldom previews are wanted. */
  readonly isFirst: boolean;
  /** Encodes the event's preview as this subscriber wants it; null if none is due. */
  preview(): Promise<Preview | null>;
}

/** The present state of a job, then its events until it ends. Throws InputError for an absent job or an unusable wish. */
export async function watchImg2Img(
  globalId: string,
  fields: PreviewInput,
  { jobs }: Pick<Services, 'jobs'>,
): Promise<AsyncIterableIterator<Img2ImgEvent>> {
  const wish = parsePreviewWish(fields);
  const jobId = decodeJobId(globalId, ['jobId']);
  const events = await jobs.watch(jobId);
  if (typeof events === 'string') throw absent(jobId, events, ['jobId']);
  return updates(events, wish);
}

/** An iterator, not a generator: `return` must reach the source at once, not after its next event. */
function updates(
  events: AsyncIterableIterator<JobEvent>,
  wish: PreviewWish,
): AsyncIterableIterator<Img2ImgEvent> {
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

const toUpdate = (event: JobEvent, wish: PreviewWish, isFirst: boolean): Img2ImgEvent => ({
  event,
  isFirst,
  preview: async () => {
    const latent = latentDue(event, isFirst ? 1 : wish.every);
    return latent ? previewOf(latent, wish) : null;
  },
});
