import type { Job } from './job.ts';
import { traceEnded } from '../telemetry/job-trace.ts';

/** Where the job machinery reports what an operator should see; a pino logger is one. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** One line for each job that is accepted, by whoever accepted it. */
export function logAccepted(log: Log, { id: jobId, owner, priority, request }: Job): void {
  const { model, width, height, steps, batchSize } = request;
  log.info({ jobId, owner, model, width, height, steps, batchSize, priority }, 'job accepted');
}

/** One line and one trace for each job that has ended, however it did, by whoever wrote its end. */
export function logEnded(log: Log, job: Job): void {
  const { id: jobId, owner, status, error, request, attempts, history, timings } = job;
  const { worker = null, device = null } = history.at(-1) ?? {};
  const seconds = ((job.finishedAt ?? job.createdAt) - job.createdAt) / 1000;
  const facts = { jobId, owner, model: request.model, status, seconds, attempts, worker, device, timings };
  log.info(error ? { ...facts, code: error.code } : facts, 'job ended');
  traceEnded(job);
}
