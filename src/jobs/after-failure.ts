import { fateOf, INTERRUPTED, MAX_ATTEMPTS } from './failures.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import { canceled, failed, putBack } from './transitions.ts';

/** What a running job becomes, at `now`, whose process ended in the middle of it. */
export function afterInterruption(job: Job, now: number): Job {
  return job.attempts < MAX_ATTEMPTS ? putBack(job, { counted: true }) : failed(job, INTERRUPTED, now);
}

/** What a running job becomes, at `now`, after its handler threw; a worker that is being stopped puts it back. */
export function afterFailure(
  job: Job,
  error: unknown,
  { isStopping, log, now }: { readonly isStopping: boolean; readonly log: Log; readonly now: number },
): Job {
  if (isStopping) return putBack(job, { counted: false });
  const fate = fateOf(error);
  if (fate.fate === 'canceled') return canceled(job, now);
  const { id: jobId, attempts } = job;
  log.error({ jobId, attempts, err: error, incident: fate.incident }, 'job failed');
  if (!fate.retry) return failed(job, fate.error, now);
  if (attempts < MAX_ATTEMPTS) return putBack(job, { counted: true });
  const message = `${fate.error.message} (tried ${attempts} times)`;
  return failed(job, { ...fate.error, message }, now);
}
