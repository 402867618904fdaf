import { InputError } from '../input-error.ts';
import type { JobEvent } from '../jobs/queue.ts';
import { decodeJobId } from './ids.ts';
import { absent } from './jobs.ts';
import type { Services } from './services.ts';

/**
 * The present state of a job, then its events until it ends; without an id, of the newest job of `owner`. Throws InputError
 * for an absent job.
 */
export async function watchImg2Img(
  globalId: string | null | undefined,
  owner: string,
  { jobs }: Pick<Services, 'jobs'>,
): Promise<AsyncIterableIterator<JobEvent>> {
  const jobId = globalId == null ? await newestJob(owner, jobs) : decodeJobId(globalId, ['jobId']);
  const events = await jobs.watch(jobId);
  if (typeof events === 'string') throw absent(jobId, events, ['jobId']);
  return events;
}

async function newestJob(owner: string, jobs: Services['jobs']): Promise<string> {
  const [newest] = await jobs.list({ limit: 1, from: 'newest', owner });
  if (newest) return newest.id;
  throw new InputError('NOT_FOUND', ['jobId'], 'jobId is left out, and you have no job yet');
}
