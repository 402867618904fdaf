import type { ServerResponse } from 'node:http';
import type { Services } from '../resolvers/services.ts';
import { sendJson } from './responses.ts';

/** `/health`: the process answers. */
export function serveHealth(response: ServerResponse): void {
  sendJson(response, 200, { status: 'ok' });
}

/** `/ready`: jobs can be taken. 503 while the queue cannot be read and once the server is draining. */
export async function serveReadiness(
  response: ServerResponse,
  { jobs }: Services,
  isDraining: boolean,
): Promise<void> {
  if (isDraining) {
    sendJson(response, 503, { status: 'draining' });
    return;
  }
  const counts = await jobs.counts().catch(() => undefined);
  if (counts) sendJson(response, 200, { status: 'ready', ...counts });
  else sendJson(response, 503, { status: 'queue unavailable' });
}
