import type { ServerResponse } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Services } from '../resolvers/services.ts';
import { sendText } from './responses.ts';

/** What `/metrics` tells Prometheus: the process and its event loop, the queue, the engine processes. */
export function createMetrics(services: Services): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = { registers: [registry] };
  new Gauge({
    ...gauges,
    name: 'latentql_jobs',
    help: 'Jobs that have not ended, by state.',
    labelNames: ['state'],
    async collect() {
      const { waiting, running } = await services.jobs.counts();
      this.set({ state: 'waiting' }, waiting);
      this.set({ state: 'running' }, running);
    },
  });
  new Gauge({
    ...gauges,
    name: 'latentql_engine_resident_bytes',
    help: 'Resident memory of each engine process; its networks are mapped files.',
    labelNames: ['engine', 'provider'],
    async collect() {
      for (const [engine, { device, residentBytes }] of (await services.engineStatus()).entries()) {
        this.set({ engine: String(engine), provider: device }, residentBytes);
      }
    },
  });
  return registry;
}

/** `/metrics` in Prometheus' text format. */
export async function serveMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  sendText(response, registry.contentType, await registry.metrics());
}
