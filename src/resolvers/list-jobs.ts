import { validate as isUuid } from 'uuid';
import { InputError } from '../input-error.ts';
import type { Job, JobStatus } from '../jobs/job.ts';
import type { JobQueue } from '../jobs/ports.ts';

/** A page of jobs, newest first; `before` and `after` are job ids. */
export interface JobPage {
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly status: readonly JobStatus[] | undefined;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly limit: number;
  /** Take the page from the end of the list (its oldest jobs), which then come first. */
  readonly inverted: boolean;
}

/**
 * The jobs of a page, in the order in which the page is taken. Throws InputError for a cursor that no page gave, or for
 * both lengths at once, which nobody means.
 */
export async function listJobs(page: JobPage, jobs: JobQueue): Promise<Job[]> {
  if (page.first !== undefined && page.last !== undefined) {
    throw new InputError('INVALID_VALUE', ['last'], 'first and last are both given; give one of them');
  }
  for (const name of ['after', 'before'] as const) {
    const cursor = page[name];
    if (cursor !== undefined && !isUuid(cursor)) {
      throw new InputError(
        'INVALID_VALUE',
        [name],
        `${name} must be a cursor from an earlier page, got "${cursor}"`,
      );
    }
  }
  const newestFirst = await jobs.list({
    limit: page.limit,
    from: page.inverted ? 'oldest' : 'newest',
    ...(page.status && { status: page.status }),
    ...(page.after !== undefined && { olderThan: page.after }),
    ...(page.before !== undefined && { newerThan: page.before }),
  });
  return page.inverted ? newestFirst.toReversed() : newestFirst;
}
