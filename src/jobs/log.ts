import { traceEnded } from '../telemetry/job-trace.ts';
import type { Job } from './job.ts';

/** Where the job machinery reports what an operator should see; a pino logger is one. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Logs an accepted job, in the process that accepted it. */
export function logAccepted(log: Log, { id: jobId, owner, priority, request }: Job): void {
  const { model, width, height, steps, batchSize } = request;
  log.info({ jobId, owner, model, width, height, steps, batchSize, priority }, 'job accepted');
}

/** Logs and traces the end of a job, in the process that wrote it. */
export function logEnded(log: Log, job: Job): void {
  const { id: jobId, owner, status, error, request, attempts, history, timings } = job;
  const { worker = null, device = null } = history.at(-1) ?? {};
  const seconds = ((job.finishedAt ?? job.createdAt) - job.createdAt) / 1000;
  const milliseconds = Object.fromEntries(
    Object.entries(timings).map(([stage, time]) => [stage, Math.round(time)]),
  );
  const facts = { jobId, owner, model: request.model, status, seconds, attempts, worker, device };
  const why = error && { code: error.code, reason: error.message };
  log.info({ ...facts, ...why, timings: milliseconds }, 'job ended');
  traceEnded(job);
}
