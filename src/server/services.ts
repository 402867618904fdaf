import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { openEmbeddedJobs } from '../jobs/embedded.ts';
import { Retention } from '../jobs/retention.ts';
import { img2imgHandler, startLoggedEngine } from './engines.ts';
import { openModels, openObjects, type OpenServices } from './open-services.ts';

/**
 * Chooses the adapters: with QUEUE_URL those of a fleet, whose workers are other processes; else this process does
 * everything. Throws ConfigError or JobDatabaseError.
 */
export async function openServices(config: Config, log: Logger): Promise<OpenServices> {
  if (config.queueUrl === undefined) return openAlone(config, log);
  const { openFleet } = await import('./fleet.ts'); // BullMQ and all that, for those who need it
  return openFleet(config, log);
}

async function openAlone(config: Config, log: Logger): Promise<OpenServices> {
  if (config.devices.length > 1) {
    throw new ConfigError(
      'DEVICE: several devices are for the workers of a fleet, which QUEUE_URL makes; expected one',
    );
  }
  const models = await openModels(config, log);
  const objects = await openObjects(config);
  const { jobs, events } = openEmbeddedJobs({ dataDir: config.dataDir, queueLimit: config.queueLimit, log });
  const engine = startLoggedEngine(config, config.devices[0]!, log);
  jobs.process(img2imgHandler(engine, models, objects, log));
  const retention = new Retention({ jobs, objects, retention: config.retention, log });
  retention.start();
  return {
    config,
    jobs,
    events,
    models,
    objects,
    engineStatus: async () => [await engine.status()],
    close: async () => {
      await retention.stop();
      await jobs.close();
      await engine.close();
    },
  };
}
