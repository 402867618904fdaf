import type { ServerResponse } from 'node:http';
import type { Services } from '../resolvers/services.ts';
import { sendJson } from './responses.ts';

/** `/health`: the process answers. */
export function serveHealth(response: ServerResponse): void {
  sendJson(response, 200, { status: 'ok' });
}

/** `/ready`: jobs are accepted and can run. 503 with the reasons while they cannot, and once the server is draining. */
export async function serveReadiness(
  response: ServerResponse,
  services: Services,
  isDraining: boolean,
): Promise<void> {
  if (isDraining) {
    sendJson(response, 503, { status: 'draining' });
    return;
  }
  const { problems, ...counts } = await look(services);
  if (problems.length > 0) sendJson(response, 503, { status: 'not ready', problems });
  else sendJson(response, 200, { status: 'ready', ...counts });
}

async function look({ jobs, state }: Services) {
  try {
    await jobs.check();
    const [{ problems }, { waiting, running }] = await Promise.all([state(), jobs.counts()]);
    return { problems, waiting, running };
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
}
