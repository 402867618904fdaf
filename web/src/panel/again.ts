import type { Job } from '../jobs/jobs.ts';
import { submitAgain } from './submit.ts';

/** The same request once more, with the same seed. */
export const sameAgain = (job: Job): Promise<void> => submitAgain(job);

/** The same request with another seed. */
export const vary = (job: Job): Promise<void> => submitAgain(job, null);
