import type { Job, JobError, JobImage } from './job.ts';

/** A clock that was set back dates nothing before what it followed. */
const notBefore = ({ createdAt, startedAt }: Job, now: number): number =>
  Math.max(now, startedAt ?? createdAt);

/** A waiting job that is started, at `now`. */
export function started(job: Job, now: number): Job {
  const startedAt = notBefore(job, now);
  return {
    ...job,
    status: 'RUNNING',
    stage: 'LOADING_MODEL',
    queuePosition: null,
    etaSeconds: null,
    attempts: job.attempts + 1,
    startedAt,
    timings: { WAITING: startedAt - job.createdAt },
  };
}

/** A running job that waits again; `counted` tells whether the attempt it leaves behind was its own fault. */
export function putBack(job: Job, { counted }: { counted: boolean }): Job {
  return {
    ...job,
    status: 'QUEUED',
    stage: 'WAITING',
    step: 0,
    totalSteps: job.request.steps,
    etaSeconds: null,
    attempts: counted ? job.attempts : job.attempts - 1,
    startedAt: null,
    timings: {},
  };
}

/** A running job that came to its end, at `now`. */
export function succeeded(job: Job, images: readonly JobImage[], now: number): Job {
  return {
    ...job,
    status: 'SUCCEEDED',
    stage: 'DONE',
    images,
    etaSeconds: null,
    finishedAt: notBefore(job, now),
  };
}

/** A running job that failed for good, at `now`, in the stage it keeps. */
export function failed(job: Job, error: JobError, now: number): Job {
  return { ...job, status: 'FAILED', error, etaSeconds: null, finishedAt: notBefore(job, now) };
}

/** A waiting or running job that is canceled, at `now`, in the stage it keeps. */
export function canceled(job: Job, now: number): Job {
  return {
    ...job,
    status: 'CANCELED',
    queuePosition: null,
    etaSeconds: null,
    finishedAt: notBefore(job, now),
  };
}
