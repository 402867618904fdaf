import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Config } from '../config.ts';
import type { RunningWorker } from '../services/worker.ts';
import { serveHealth, serveReadiness } from './health.ts';
import { listen } from './listen.ts';
import { createWorkerMetrics, serveMetrics } from './metrics.ts';
import { sendJson } from './responses.ts';

/** The probe endpoints of a worker. */
export interface Probes {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/health`, `/ready` and `/metrics` of a worker on WORKER_PORT; undefined without one. Throws ConfigError. */
export async function startProbes(
  worker: RunningWorker,
  { host, workerPort }: Pick<Config, 'host' | 'workerPort'>,
): Promise<Probes | undefined> {
  if (workerPort === undefined) return undefined;
  const metrics = createWorkerMetrics(worker);
  const http = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const answer = async () => {
      if (path === '/health') serveHealth(response);
      else if (path === '/ready') await serveReadiness(response, worker);
      else if (path === '/metrics') await serveMetrics(response, metrics);
      else sendJson(response, 404, { error: { code: 'NOT_FOUND', message: NOT_HERE } });
    };
    answer().catch(() => response.destroy());
  });
  const url = await listen(http, { host, port: workerPort, setting: 'WORKER_PORT' });
  return {
    url,
    close: async () => {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
      await metrics.close();
    },
  };
}

const NOT_HERE = 'a worker answers /health, /ready and /metrics';
