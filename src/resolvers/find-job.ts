import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import type { JobAbsence } from '../jobs/ports.ts';
import type { JobLoader } from './job-loader.ts';

/** Reads a job together with all others that the same request asks for; see `presentJob`. */
export const findJob = async (id: string, jobs: JobLoader): Promise<Job | null> =>
  presentJob(id, await jobs.load(id));

/** The job, or null if there never was one. Throws InputError EXPIRED for one whose record is gone. */
export function presentJob(id: string, found: Job | JobAbsence): Job | null {
  if (found === 'expired') throw absent(id, found);
  return found === 'unknown' ? null : found;
}

/** Says that there is no such job (any more), as NOT_FOUND or EXPIRED on `field`. */
export function absent(id: string, why: JobAbsence, field: string[] = ['id']): InputError {
  return why === 'expired'
    ? new InputError('EXPIRED', field, `job ${id} has expired; its record and images were removed`)
    : new InputError('NOT_FOUND', field, `there is no job ${id}`);
}
