import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { CheckpointError, startEngine } from '../engine/index.ts';
import { encodePng } from '../images/encode.ts';
import { fitImage } from '../images/fit.ts';
import { openEmbeddedJobs } from '../jobs/embedded.ts';
import { img2imgProcessor } from '../jobs/processor.ts';
import { Retention } from '../jobs/retention.ts';
import { findModels } from '../resolvers/installed-models.ts';
import type { ModelCatalog } from '../resolvers/model-catalog.ts';
import type { Services } from '../resolvers/services.ts';
import { FileStore } from '../storage/file-store.ts';

/** Services with something behind them that has to be ended. */
export interface OpenServices extends Services {
  /** Stops taking jobs, puts a running one back and ends the engine process. */
  close(): Promise<void>;
}

/** Where the package lies: the folder above `src` or `dist`. */
const PACKAGE_DIR = fileURLToPath(new URL('../..', import.meta.url));

/** Chooses the adapters and starts taking jobs. Throws ConfigError for a folder that cannot be used, or JobDatabaseError. */
export async function openServices(config: Config, log: Logger): Promise<OpenServices> {
  const { dataDir, modelsDir, queueLimit } = config;
  const finding = findModels({ modelsDir, packageDir: PACKAGE_DIR }, (folder) => {
    log.warn({ folder }, 'this folder of MODELS_DIR may not be looked into');
  });
  const models = await orUnusable('MODELS_DIR', modelsDir, finding);
  const objects = await orUnusable('DATA_DIR', dataDir, FileStore.open(join(dataDir, 'objects')));
  const { jobs, events } = openEmbeddedJobs({ dataDir, queueLimit, log });
  const engine = startEngine({
    ...config,
    onReady: ({ device, reason, processId, runtimeVersion }) => {
      log.info({ device, reason, processId, runtimeVersion }, 'engine ready');
    },
    onOutput: (line) => {
      log.info({ line }, 'the engine process says');
    },
  });
  const checkpointOf = (model: string) => checkpointPath(model, models);
  jobs.process(img2imgProcessor({ engine, objects, checkpointOf, fitImage, encodePng, log }));
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

async function orUnusable<T>(setting: string, folder: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ConfigError(`${setting} ${folder} cannot be used: ${error.message}`);
  }
}

/** Throws CheckpointError if the model is gone since its job was accepted. */
async function checkpointPath(name: string, models: ModelCatalog): Promise<string> {
  const model = await models.get(name);
  if (model?.installed) return model.path;
  throw new CheckpointError(`${name} is no longer installed${model?.problem ? `: ${model.problem}` : ''}`);
}
