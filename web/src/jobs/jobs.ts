import { listen, onConnected, request } from '../api/client.ts';
import {
  JobDocument,
  JobsChangedDocument,
  JobsDocument,
  type JobPartsFragment,
  type TilePartsFragment,
} from '../api/generated/graphql.ts';
import { route } from '../state/route.ts';
import { createStore } from '../state/store.ts';
import { HELD, mergeJobs } from './merge-jobs.ts';

/** A job as the page knows it. */
export type Job = JobPartsFragment;

/** As much of a job as a tile shows. */
export type TileJob = TilePartsFragment;

/** The caller's latest jobs, newest first. */
export interface Jobs {
  readonly list: readonly Job[];
  readonly isLoaded: boolean;
  readonly failure: string | null;
}

/** Milliseconds between two looks at the places of waiting jobs: those of other keys may move them. */
const PLACES_INTERVAL = 10_000;

export const jobs = createStore<Jobs>({ list: [], isLoaded: false, failure: null });

/** Ids of jobs and pictures that are deleted or about to be. */
export const hidden = createStore<ReadonlySet<string>>(new Set());

/** A finished picture by its place in the batch; others of the batch may have been deleted. */
export const imageAt = (
  { images }: Pick<Job, 'images'>,
  index: number | null,
): Job['images'][number] | undefined => images.find((image) => image.index === index);

/** Takes jobs as the server tells them. */
export const takeJobs = (came: readonly Job[]): void => {
  jobs.set((now) => ({ ...now, list: mergeJobs(now.list, came, route.get().job) }));
};

/** Forgets a job. */
export const dropJob = (id: string): void => {
  jobs.set((now) => ({ ...now, list: now.list.filter((job) => job.id !== id) }));
};

/** Forgets a picture of a job. */
export const dropImage = (id: string): void => {
  jobs.set((now) => ({
    ...now,
    list: now.list.map((job) => ({ ...job, images: job.images.filter((image) => image.id !== id) })),
  }));
};

/** The jobs that wait, the next one first. */
export const waitingIn = (list: readonly Job[]): readonly Job[] =>
  list
    .filter(({ status }) => status === 'QUEUED')
    .sort((a, b) => (a.queuePosition ?? 0) - (b.queuePosition ?? 0));

async function loadLatest(): Promise<void> {
  try {
    const answer = await request(JobsDocument, { first: HELD, status: null });
    const { nodes } = answer.jobs;
    const oldest = nodes.at(-1)?.createdAt ?? '';
    const known = new Set(nodes.map(({ id }) => id));
    jobs.set(({ list }) => ({
      // What is missing among the latest was deleted elsewhere.
      list: mergeJobs(
        list.filter((job) => known.has(job.id) || job.createdAt < oldest),
        nodes,
        route.get().job,
      ),
      isLoaded: true,
      failure: null,
    }));
  } catch (error) {
    jobs.set((now) => ({ ...now, failure: error instanceof Error ? error.message : String(error) }));
  }
}

async function loadPlaces(): Promise<void> {
  const answer = await request(JobsDocument, { first: HELD, status: ['QUEUED'] }).catch(() => undefined);
  if (answer) takeJobs(answer.jobs.nodes);
}

/** Fetches a job that is not among the latest. Throws RequestError EXPIRED where it was removed. */
export async function findJob(id: string): Promise<Job | null> {
  return (await request(JobDocument, { id })).job ?? null;
}

/** Follows the caller's jobs for as long as the page is open. */
export async function followJobs(): Promise<void> {
  await loadLatest();
  listen(JobsChangedDocument, {}, ({ jobsChanged }) => {
    takeJobs([jobsChanged]);
    if (jobs.get().list.some(({ status }) => status === 'QUEUED')) void loadPlaces();
  });
  // What changed while there was no connection; the first connection adds what came after the first answer.
  onConnected(() => void loadLatest());
  setInterval(() => {
    if (!document.hidden && waitingIn(jobs.get().list).length > 0) void loadPlaces();
  }, PLACES_INTERVAL);
}
