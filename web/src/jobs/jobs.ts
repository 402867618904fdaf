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

/** The part of a job that a tile shows. */
export type TileJob = TilePartsFragment;

/** The caller's latest jobs, newest first. */
export interface Jobs {
  readonly list: readonly Job[];
  readonly isLoaded: boolean;
  readonly failure: string | null;
}

/** Interval for polling queue positions, in milliseconds: jobs of other keys change them without an event. */
const PLACES_INTERVAL = 10_000;

export const jobs = createStore<Jobs>({ list: [], isLoaded: false, failure: null });

/** Ids of jobs and pictures that are deleted or about to be. */
export const hidden = createStore<ReadonlySet<string>>(new Set());

/** The image with this index; other images of the batch may have been deleted. */
export const imageAt = <Image extends TileJob['images'][number]>(
  { images }: { readonly images: readonly Image[] },
  index: number | null,
): Image | undefined => images.find((image) => image.index === index);

/** Merges jobs from the server into the list. */
export const takeJobs = (came: readonly Job[]): void => {
  jobs.set((now) => ({ ...now, list: mergeJobs(now.list, came, route.get().job) }));
};

/** Removes a job from the list. */
export const dropJob = (id: string): void => {
  jobs.set((now) => ({ ...now, list: now.list.filter((job) => job.id !== id) }));
};

/** Removes a picture of a job from the list. */
export const dropImage = (id: string): void => {
  jobs.set((now) => ({
    ...now,
    list: now.list.map((job) => ({ ...job, images: job.images.filter((image) => image.id !== id) })),
  }));
};

/** The waiting jobs in queue order. */
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
      // A job that is missing from the latest ones was deleted elsewhere.
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

/** Loads the caller's jobs and follows their changes. */
export async function followJobs(): Promise<void> {
  await loadLatest();
  listen(JobsChangedDocument, {}, ({ jobsChanged }) => {
    takeJobs([jobsChanged]);
    if (jobs.get().list.some(({ status }) => status === 'QUEUED')) void loadPlaces();
  });
  // After each (re)connection: fetch what changed in between.
  onConnected(() => void loadLatest());
  setInterval(() => {
    if (!document.hidden && waitingIn(jobs.get().list).length > 0) void loadPlaces();
  }, PLACES_INTERVAL);
}
