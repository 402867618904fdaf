import type { ServerResponse } from 'node:http';
import type { JobQueue } from '../jobs/queue.ts';
import type { ServiceState } from '../resolvers/services.ts';
import { sendJson } from './responses.ts';

/** A process with a readiness probe: a server, or a worker, which does not count all jobs. */
interface Asked {
  readonly jobs: Pick<JobQueue, 'check'> & Partial<Pick<JobQueue, 'counts'>>;
  readonly state: () => Promise<Pick<ServiceState, 'problems' | 'workers'>>;
}

/** `/health`: the process is alive. */
export function serveHealth(response: ServerResponse): void {
  sendJson(response, 200, { status: 'ok' });
}

/**
 * `/ready`: jobs are accepted and can run. 503 with the reasons while they cannot, and once the server is draining. An API
 * process without workers is ready, because accepted jobs are kept, and adds a warning.
 */
export async function serveReadiness(
  response: ServerResponse,
  asked: Asked,
  isDraining = false,
): Promise<void> {
  if (isDraining) {
    sendJson(response, 503, { status: 'draining' });
    return;
  }
  const { problems, ...facts } = await look(asked);
  if (problems.length > 0) sendJson(response, 503, { status: 'not ready', problems });
  else sendJson(response, 200, { status: 'ready', ...facts });
}

async function look({ jobs, state }: Asked) {
  try {
    await jobs.check();
    const [{ problems, workers }, counts] = await Promise.all([state(), jobs.counts?.()]);
    return {
      problems,
      ...(counts && { waiting: counts.waiting, running: counts.running }),
      ...(workers !== undefined && { workers }),
      ...(workers === 0 && { warnings: [NO_WORKER] }),
    };
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
}

const NO_WORKER = 'no worker takes jobs: accepted jobs wait until one does';
