import type { JobPartsFragment as Job, JobStatus } from '../api/generated/graphql.ts';

/** How many jobs the page keeps. */
export const HELD = 40;

/** Whether a job has ended. */
export const hasEnded = ({ status }: { readonly status: JobStatus }): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED';

/**
 * Merges updates into the list. A late answer never turns an ended job back into a running one. Keeps the latest jobs
 * and the one on the stage.
 */
export function mergeJobs(
  held: readonly Job[],
  came: readonly Job[],
  shown: string | null = null,
): readonly Job[] {
  const byId = new Map(held.map((job) => [job.id, job]));
  for (const job of came) {
    const known = byId.get(job.id);
    if (!known || hasEnded(job) || !hasEnded(known)) byId.set(job.id, job);
  }
  return [...byId.values()]
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id))
    .filter(({ id }, place) => place < HELD || id === shown);
}
