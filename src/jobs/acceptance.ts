import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../input-error.ts';
import type { Job } from './job.ts';
import type { NewJob } from './ports.ts';

/** Seconds to wait before a full queue is tried again, while no running job's end is known. */
const RETRY_AFTER = 10;

/** The record of a job that is accepted, at `now`. */
export function acceptedJob(id: string, { request, priority, warnings }: NewJob, now: number): Job {
  return {
    id,
    status: 'QUEUED',
    stage: 'WAITING',
    step: 0,
    totalSteps: request.steps,
    request,
    images: [],
    error: null,
    warnings,
    priority,
    queuePosition: null,
    etaSeconds: null,
    attempts: 0,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    timings: {},
  };
}

/** The job that has a request's idempotency key. Throws InputError IDEMPOTENCY_KEY_REUSED if it was asked for something else. */
export function sameRequest(known: Job, request: NewJob['request']): Job {
  if (isDeepStrictEqual(known.request, JSON.parse(JSON.stringify(request)))) return known;
  throw new InputError(
    'IDEMPOTENCY_KEY_REUSED',
    ['idempotencyKey'],
    `This key belongs to job ${known.id}, which was asked for something else: expected the same request or a new key.`,
  );
}

/** Why a queue of `limit` waiting jobs takes no more; `untilRoom` is the seconds to the next end of a job, if known. */
export function queueFull(limit: number, untilRoom: number | undefined): InputError {
  const seconds = Math.max(1, Math.ceil(untilRoom ?? RETRY_AFTER));
  const message = `The queue is full: ${limit} jobs are waiting. Try again in ${seconds} seconds.`;
  return new InputError('QUEUE_FULL', [], message, seconds);
}
