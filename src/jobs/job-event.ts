import type { Latent } from '../engine/index.ts';
import type { Job } from './job.ts';
import type { JobEvent } from './ports.ts';

/** The event that tells the present state of a job: what is published when it changes and what a late watcher gets first. */
export function stateEvent(
  job: Job,
  { sequence, at, preview }: { sequence: number; at: number; preview: Latent | null },
): JobEvent {
  const facts = { job, sequence, at };
  switch (job.status) {
    case 'QUEUED':
      return { type: 'queued', ...facts };
    case 'RUNNING':
      return { type: 'stage', preview, ...facts };
    case 'SUCCEEDED':
      return { type: 'completed', ...facts };
    case 'FAILED':
      return { type: 'failed', ...facts };
    case 'CANCELED':
      return { type: 'canceled', ...facts };
  }
}
