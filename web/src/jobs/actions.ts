import { request } from '../api/client.ts';
import {
  CancelDocument,
  CancelWaitingDocument,
  DeleteDocument,
  PauseDocument,
  ResumeDocument,
  RetryDocument,
  RunFirstDocument,
} from '../api/generated/graphql.ts';
import { engine } from '../state/resources.ts';
import { createStore } from '../state/store.ts';
import { say } from '../stage/say.ts';
import { presentTexts } from '../texts/index.ts';
import { dropJob, hidden, jobs, takeJobs, type Job } from './jobs.ts';

/** What an action could not do; shown where it was asked for. */
export const actionFault = createStore<string | null>(null);

/** Does something and notes why it could not be done. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
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

/** Deletes a job with its pictures. */
export const deleteJob = (id: string) =>
  attempt(async () => {
    const { deleteJob: answer } = await request(DeleteDocument, { id });
    const [fault] = answer.userErrors;
    if (fault && fault.code !== 'EXPIRED' && fault.code !== 'NOT_FOUND') throw new Error(fault.message);
    dropJob(id);
  });

/** Milliseconds for which a deletion can be undone. */
const UNDO_FOR = 10_000;

/** Jobs that are hidden until they are deleted. */
const leaving = new Map<string, ReturnType<typeof setTimeout>>();

/** Hides a job and deletes it when that can no longer be undone. */
export function deleteLater(job: Job): void {
  const { deleted } = presentTexts().dock;
  hidden.set((now) => new Set(now).add(job.id));
  const show = () => {
    hidden.set((now) => new Set([...now].filter((id) => id !== job.id)));
  };
  leaving.set(
    job.id,
    setTimeout(() => {
      leaving.delete(job.id);
      void deleteJob(job.id).then(show);
    }, UNDO_FOR),
  );
  const undo = () => {
    clearTimeout(leaving.get(job.id));
    leaving.delete(job.id);
    show();
  };
  say(deleted, undo, UNDO_FOR);
}

addEventListener('pagehide', () => {
  for (const id of leaving.keys()) void deleteJob(id);
});
