import type { Job } from '../jobs/job.ts';
import { absent } from './find-job.ts';
import { decodeJobId } from './global-id.ts';
import type { Services } from './services.ts';

/** Stops a job; one that has ended is returned as it is. Throws InputError INVALID_VALUE, NOT_FOUND or EXPIRED. */
export async function cancelJob(globalId: string, { jobs }: Services): Promise<Job> {
  const id = decodeJobId(globalId);
  const result = await jobs.cancel(id);
  if ('job' in result) return result.job;
  throw absent(id, result.outcome);
}
