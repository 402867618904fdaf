import { request } from '../api/client.ts';
import {
  CancelDocument,
  CancelWaitingDocument,
  DeleteDocument,
  DeletePictureDocument,
  PauseDocument,
  ResumeDocument,
  RetryDocument,
  RunFirstDocument,
} from '../api/generated/graphql.ts';
import { say } from '../stage/say.ts';
import { engine } from '../state/resources.ts';
import { createStore } from '../state/store.ts';
import { presentTexts } from '../texts/index.ts';
import { dropImage, dropJob, hidden, imageAt, jobs, takeJobs, type Job, type TileJob } from './jobs.ts';

/** What an action could not do; shown where it was asked for. */
export const actionFault = createStore<string | null>(null);

/** Does something and notes why it could not be done. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  actionFault.set(null);
  try {
    return await work();
  } catch (error) {
    actionFault.set(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

interface Payload {
  readonly job?: Parameters<typeof takeJobs>[0][number] | null;
  readonly userErrors: readonly { readonly message: string }[];
}

/** Takes the job of an answer. Throws its first user error. */
function taken({ job, userErrors: [fault] }: Payload) {
  if (fault) throw new Error(fault.message);
  if (job) takeJobs([job]);
  return job;
}

/** Stops a job, this one only. */
export const cancel = (id: string) =>
  attempt(async () => taken((await request(CancelDocument, { id })).cancelJob));

/** Makes a job of one that failed or was canceled. */
export const retry = (id: string) =>
  attempt(async () => taken((await request(RetryDocument, { id })).retryJob));

/** Cancels all that wait. */
export const cancelWaiting = () => attempt(() => request(CancelWaitingDocument, {}));

/** Puts a waiting job before all others of the caller. */
export const runFirst = (id: string) =>
  attempt(async () => {
    const highest = Math.max(
      0,
      ...jobs.get().list.map(({ priority, status }) => (status === 'QUEUED' ? priority : 0)),
    );
    return taken((await request(RunFirstDocument, { id, priority: Math.min(100, highest + 1) })).setPriority);
  });

/** Starts no more jobs. */
export const pauseQueue = () =>
  attempt(async () => {
    engine.set((await request(PauseDocument, {})).pauseQueue);
  });

/** Goes on with the queue. */
export const resumeQueue = () =>
  attempt(async () => {
    engine.set((await request(ResumeDocument, {})).resumeQueue);
  });

/** What can be deleted: a job with its pictures, or one picture of a batch. */
interface Removal {
  readonly id: string;
  readonly run: (options: {
    keepalive: boolean;
  }) => Promise<readonly { readonly code: string; readonly message: string }[]>;
  readonly forget: (id: string) => void;
}

const ofJob = ({ id }: Pick<Job, 'id'>): Removal => ({
  id,
  run: async (options) => (await request(DeleteDocument, { id }, options)).deleteJob.userErrors,
  forget: dropJob,
});

const ofPicture = (id: string): Removal => ({
  id,
  run: async (options) => (await request(DeletePictureDocument, { id }, options)).deleteImage.userErrors,
  forget: dropImage,
});

/** Deletes; one that is gone already counts as deleted. */
const remove = ({ id, run, forget }: Removal, keepalive = false) =>
  attempt(async () => {
    const [fault] = await run({ keepalive });
    if (fault && fault.code !== 'EXPIRED' && fault.code !== 'NOT_FOUND') throw new Error(fault.message);
    forget(id);
    return true;
  });

/** Milliseconds for which a deletion can be undone. */
const UNDO_FOR = 10_000;

/** What is hidden until it is deleted. */
const leaving = new Map<Removal, ReturnType<typeof setTimeout>>();

/** Hides a job and deletes it when that can no longer be undone. */
export const deleteLater = (job: Job): void => {
  removeLater([ofJob(job)]);
};

/** The same for pictures; the only one of a job goes with its job. */
export const deletePicturesLater = (
  pictures: readonly { readonly job: TileJob; readonly index: number }[],
): void => {
  removeLater(
    pictures.map(({ job, index }) => {
      const image = imageAt(job, index);
      return image && job.images.length > 1 ? ofPicture(image.id) : ofJob(job);
    }),
  );
};

function removeLater(removals: readonly Removal[]): void {
  const { deleted } = presentTexts().dock;
  const show = ({ id }: Removal) => {
    hidden.set((now) => new Set([...now].filter((one) => one !== id)));
  };
  hidden.set((now) => new Set([...now, ...removals.map(({ id }) => id)]));
  for (const removal of removals) {
    const wait = setTimeout(() => {
      leaving.delete(removal);
      void remove(removal).then((isGone) => {
        if (isGone !== true) show(removal);
      });
    }, UNDO_FOR);
    leaving.set(removal, wait);
  }
  const undo = () => {
    for (const removal of removals) {
      clearTimeout(leaving.get(removal));
      leaving.delete(removal);
      show(removal);
    }
  };
  say(deleted, undo, UNDO_FOR);
}

addEventListener('pagehide', () => {
  for (const removal of leaving.keys()) void remove(removal, true);
});
