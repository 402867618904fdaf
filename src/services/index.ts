import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { OpenServices } from './shared.ts';
import { openStandalone } from './standalone.ts';

/**
 * Opens the services: with QUEUE_URL those of a cluster, whose workers are other processes; otherwise this process does
 * everything. Throws ConfigError or JobDatabaseError.
 */
export async function openServices(config: Config, log: Logger): Promise<OpenServices> {
  if (config.queueUrl === undefined) return openStandalone(config, log);
  const { openCluster } = await import('./cluster.ts'); // only a cluster needs BullMQ and Redis
  return openCluster(config, log);
}
