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

/** Why the last action failed; shown beside the stage. */
export const actionFault = createStore<string | null>(null);

/** Runs an action; an error goes to `actionFault`. */
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

/** Merges the job of a payload. Throws its first user error. */
function taken({ job, userErrors: [fault] }: Payload) {
  if (fault) throw new Error(fault.message);
  if (job) takeJobs([job]);
  return job;
}

/** Cancels one job. */
export const cancel = (id: string) =>
  attempt(async () => taken((await request(CancelDocument, { id })).cancelJob));

/** Submits a failed or canceled job again, as a new job. */
export const retry = (id: string) =>
  attempt(async () => taken((await request(RetryDocument, { id })).retryJob));

/** Cancels all waiting jobs. */
export const cancelWaiting = () => attempt(() => request(CancelWaitingDocument, {}));

/** Moves a waiting job ahead of the caller's other jobs. */
export const runFirst = (id: string) =>
  attempt(async () => {
    const highest = Math.max(
      0,
      ...jobs.get().list.map(({ priority, status }) => (status === 'QUEUED' ? priority : 0)),
    );
    return taken((await request(RunFirstDocument, { id, priority: Math.min(100, highest + 1) })).setPriority);
  });

/** Pauses the queue. */
export const pauseQueue = () =>
  attempt(async () => {
    engine.set((await request(PauseDocument, {})).pauseQueue);
  });

/** Resumes the queue. */
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

/** Deletes; what is already gone counts as deleted. */
const remove = ({ id, run, forget }: Removal, keepalive = false) =>
  attempt(async () => {
    const [fault] = await run({ keepalive });
    if (fault && fault.code !== 'EXPIRED' && fault.code !== 'NOT_FOUND') throw new Error(fault.message);
    forget(id);
    return true;
  });

/** Milliseconds for which a deletion can be undone. */
const UNDO_FOR = 10_000;

/** Hidden now, deleted when its timer ends. */
const leaving = new Map<Removal, ReturnType<typeof setTimeout>>();

/** Hides a job and deletes it once the undo time is over. */
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
