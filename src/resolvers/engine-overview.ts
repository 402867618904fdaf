import type { ModelEntry } from './model-catalog.ts';
import type { EngineState, Services } from './services.ts';

/** An engine process, with the models that it holds in memory in place of their paths. */
export interface EngineDevice extends Omit<EngineState, 'loaded'> {
  readonly loaded: readonly ModelEntry[];
}

/** What the server's engines and its queue are doing now. */
export interface EngineOverview {
  readonly devices: readonly EngineDevice[];
  /** Bytes that one engine process may keep in memory. */
  readonly memoryLimit: number;
  readonly waiting: number;
  readonly running: number;
}

/** Looks at the engines and the queue; nothing waits for a busy engine. */
export async function engineOverview(services: Services): Promise<EngineOverview> {
  const { models, config } = services;
  const [engines, counts] = await Promise.all([services.engineStatus(), services.jobs.counts()]);
  const devices = engines.map((engine) => ({
    ...engine,
    loaded: models.entries.filter(({ path }) => engine.loaded.includes(path)),
  }));
  return { devices, memoryLimit: config.memoryLimit, ...counts };
}
