import { sourceAddress } from '../stage/addresses.ts';
import type { Job } from '../jobs/jobs.ts';
import { requestOfJob, type SourceFields } from './request.ts';
import { submit } from './submit.ts';

/** The source of a job, by its path on the server. */
const sourceOf = (job: Job): SourceFields => {
  const address = sourceAddress(job);
  return address === null ? {} : { imageUrl: `/${address}` };
};

/** The same request once more, with the same seed. */
export const sameAgain = (job: Job): Promise<void> => submit(requestOfJob(job), sourceOf(job));

/** The same request with another seed. */
export const vary = (job: Job): Promise<void> => submit({ ...requestOfJob(job), seed: null }, sourceOf(job));
