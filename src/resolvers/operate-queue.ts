import { InputError } from '../input-error.ts';
import { isFinished, type Job, type JobStatus, warningOf } from '../jobs/job.ts';
import { whyNotRunnable } from '../jobs/lifecycle.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { type Caller, mustBeAllowed } from './caller.ts';
import { type JobPayload, payloadOf, type UserError, userErrorsOf } from './errors.ts';
import { decodeJobId, encodeGlobalId } from './ids.ts';
import { PRIORITY_LIMITS } from './img2img-fields.ts';
import { absent } from './jobs.ts';
import type { EngineDevice, Services } from './services.ts';

/** Jobs read and canceled at a time. */
const BATCH = 100;

/** Changes the priority of a waiting job. User errors: INVALID_VALUE, FORBIDDEN, NOT_WAITING, NOT_FOUND, EXPIRED. */
export const setPriority = (
  globalId: string,
  priority: number,
  caller: Caller,
  { jobs }: Pick<Services, 'jobs'>,
): Promise<JobPayload> =>
  payloadOf(async () => {
    const [lowest, highest] = PRIORITY_LIMITS;
    if (!(priority >= lowest && priority <= highest)) {
      const message = `priority must be from ${lowest} to ${highest}, got ${priority}`;
      throw new InputError('INVALID_VALUE', ['priority'], message);
    }
    mustBeAllowed(priority, caller);
    const id = decodeJobId(globalId);
    const found = await jobs.setPriority(id, priority);
    if (!('job' in found)) throw absent(id, found.outcome);
    if (found.outcome === 'changed') return found.job;
    throw new InputError('NOT_WAITING', ['id'], `job ${id} is ${found.job.status}, expected QUEUED`);
  });

/** Accepts a new job of `owner` with the settings of one that FAILED or was CANCELED. User errors as for `img2img`, and NOT_RETRYABLE. */
export const retryJob = (
  globalId: string,
  { owner, quota }: Caller,
  { jobs }: Pick<Services, 'jobs'>,
): Promise<JobPayload> =>
  payloadOf(async () => {
    const id = decodeJobId(globalId);
    const found = await jobs.get(id);
    if (typeof found === 'string') throw absent(id, found);
    const { status, request, priority, warnings, tags, metadata } = found;
    if (status !== 'FAILED' && status !== 'CANCELED') {
      const message = `job ${id} is ${status}, expected FAILED or CANCELED`;
      throw new InputError('NOT_RETRYABLE', ['id'], message);
    }
    const why = whyNotRunnable(found);
    if (why !== null) {
      throw new InputError('NOT_RETRYABLE', ['id'], `job ${id} is of a newer version: ${why}`);
    }
    const labels = { ...(tags && { tags }), ...(metadata && { metadata }) };
    const common = { request, priority, warnings: warnings.map(warningOf), owner, ...labels };
    return jobs.enqueue({ ...common, idempotencyKey: null, ownLimit: quota?.waitingJobs });
  });

/** Cancels all jobs of `owner` (undefined: everyone's) with one of these statuses, newest first; returns their number. */
export async function cancelJobs(
  { status, model }: { readonly status: readonly JobStatus[]; readonly model: string | undefined },
  owner: string | undefined,
  { jobs }: Pick<Services, 'jobs'>,
): Promise<number> {
  const unfinished = status.filter((one) => !isFinished(one));
  const filter = {
    status: unfinished,
    ...(owner !== undefined && { owner }),
    ...(model !== undefined && { model }),
  };
  let count = 0;
  let olderThan: string | undefined;
  for (;;) {
    const page = await jobs.list({
      ...filter,
      limit: BATCH,
      from: 'newest',
      ...(olderThan !== undefined && { olderThan }),
    });
    for (const { id } of page) if ((await jobs.cancel(id)).outcome === 'canceled') count++;
    olderThan = page.at(-1)?.id;
    if (olderThan === undefined) return count;
  }
}

/** The id of a deleted job, or why it was not deleted. */
export interface DeleteJobPayload {
  readonly deletedId: string | null;
  readonly userErrors: readonly UserError[];
}

/** Deletes an ended job, with the images that no other job refers to. User errors: NOT_FINISHED, NOT_FOUND, EXPIRED. */
export async function deleteJob(
  globalId: string,
  { jobs, removeObjects }: Pick<Services, 'jobs' | 'removeObjects'>,
): Promise<DeleteJobPayload> {
  try {
    const id = decodeJobId(globalId);
    const found = await jobs.remove(id);
    if (found.outcome === 'not-finished') {
      const message = `job ${id} is ${found.job.status}: cancel it first`;
      throw new InputError('NOT_FINISHED', ['id'], message);
    }
    if (found.outcome !== 'removed') throw absent(id, found.outcome);
    await removeObjects(found.objects);
    return { deletedId: encodeGlobalId('Job', id), userErrors: [] };
  } catch (error) {
    return { deletedId: null, userErrors: userErrorsOf(error) };
  }
}

/** Reasons for a job to wait. */
export const WAIT_REASONS = ['PAUSED', 'NO_WORKER', 'BACKOFF', 'TURN'] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** Why a job waits, the strongest reason first; null unless it is QUEUED. */
export async function waitReason(
  job: Job,
  {
    jobs,
    models,
    devices,
  }: Pick<Services, 'models' | 'devices'> & { readonly jobs: Pick<JobQueue, 'paused'> },
): Promise<WaitReason | null> {
  if (job.status !== 'QUEUED') return null;
  const { model } = job.request;
  const paused = await jobs.paused();
  if (paused.all || paused.models.includes(model)) return 'PAUSED';
  const [described, present] = await Promise.all([models.get(model), devices()]);
  const serves = ({ worker, problem }: EngineDevice) =>
    problem === null && (worker === null || described?.workers.includes(worker));
  const isServed = described?.installed && (present.length === 0 || present.some(serves));
  if (whyNotRunnable(job) !== null || !isServed) return 'NO_WORKER';
  return job.notBefore !== null && job.notBefore > Date.now() ? 'BACKOFF' : 'TURN';
}
