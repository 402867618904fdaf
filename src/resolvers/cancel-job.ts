import type { Job } from '../jobs/job.ts';
import { absent } from './find-job.ts';
import { decodeJobId } from './global-id.ts';
import type { Services } from './services.ts';
import { payloadOf, type JobPayload } from './user-errors.ts';

/** What a request to stop a job did. */
export const CANCEL_RESULTS = ['CANCELED', 'ALREADY_CANCELED', 'ALREADY_FINISHED'] as const;
export type CancelResult = (typeof CANCEL_RESULTS)[number];

/** The job after a request to stop it, and what that did; null if there is no job. */
export interface CancelPayload extends JobPayload {
  readonly result: CancelResult | null;
}

/** Stops a job; one that has ended is returned as it is. An absent one is a user error: INVALID_VALUE, NOT_FOUND or EXPIRED. */
export async function cancelJob(
  globalId: string,
  how: { readonly immediately: boolean },
  { jobs }: Services,
): Promise<CancelPayload> {
  let result: CancelResult | null = null;
  const stop = async (): Promise<Job> => {
    const id = decodeJobId(globalId);
    const found = await jobs.cancel(id, how);
    if (!('job' in found)) throw absent(id, found.outcome);
    if (found.outcome === 'canceled') result = 'CANCELED';
    else result = found.job.status === 'CANCELED' ? 'ALREADY_CANCELED' : 'ALREADY_FINISHED';
    return found.job;
  };
  const payload = await payloadOf(stop());
  return { ...payload, result };
}
