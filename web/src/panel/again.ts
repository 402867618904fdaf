import type { Job } from '../jobs/jobs.ts';
import { requestOfJob, type SourceFields } from './request.ts';
import { submit } from './submit.ts';

const sourceOf = ({ input: { source } }: Job): SourceFields => (source == null ? {} : { imageId: source.id });

/** The same request once more, with the same seed. */
export const sameAgain = (job: Job): Promise<void> => submit(requestOfJob(job), sourceOf(job));

/** The same request with another seed. */
export const vary = (job: Job): Promise<void> => submit({ ...requestOfJob(job), seed: null }, sourceOf(job));
