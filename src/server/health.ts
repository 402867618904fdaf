import type { ServerResponse } from 'node:http';
import type { JobQueue } from '../jobs/queue.ts';
import type { ServiceState } from '../resolvers/services.ts';
import { sendJson } from './responses.ts';

/** What readiness is asked of: a server, or a worker, which does not count the jobs of all. */
interface Asked {
  readonly jobs: Pick<JobQueue, 'check'> & Partial<Pick<JobQueue, 'counts'>>;
  readonly state: () => Promise<Pick<ServiceState, 'problems' | 'workers'>>;
}

/** `/health`: the process answers. */
export function serveHealth(response: ServerResponse): void {
  sendJson(response, 200, { status: 'ok' });
}

/**
 * `/ready`: jobs are accepted and can run. 503 with the reasons while they cannot, and once the server is draining. An API
 * process without a worker is ready, since what it accepts is kept, and warns.
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
