import type { EngineStatus } from '../engine/index.ts';
import type { Services } from './services.ts';

/** What the server's engines and its queue are doing now. */
export interface EngineOverview {
  readonly devices: readonly EngineStatus[];
  /** Bytes that one engine process may keep in memory. */
  readonly memoryLimit: number;
  readonly waiting: number;
  readonly running: number;
}

export async function engineOverview(services: Services): Promise<EngineOverview> {
  const [devices, counts] = await Promise.all([services.engineStatus(), services.jobs.counts()]);
  return { devices, memoryLimit: services.config.memoryLimit, ...counts };
}
