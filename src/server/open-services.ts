import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { findModels } from '../resolvers/installed-models.ts';
import type { ModelCatalog } from '../resolvers/model-catalog.ts';
import type { Services } from '../resolvers/services.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { openObjectStore } from '../storage/open-store.ts';

/** Services with something behind them that has to be ended. */
export interface OpenServices extends Services {
  /** Stops taking jobs, puts a running one back and ends the engine process. */
  close(): Promise<void>;
}

/** Where the package lies: the folder above `src` or `dist`. */
const PACKAGE_DIR = fileURLToPath(new URL('../..', import.meta.url));

/** Finds the models of this machine. Throws ConfigError if MODELS_DIR cannot be used. */
export function openModels({ modelsDir }: Config, log: Logger): Promise<ModelCatalog> {
  const finding = findModels({ modelsDir, packageDir: PACKAGE_DIR }, (folder) => {
    log.warn({ folder }, 'this folder of MODELS_DIR may not be looked into');
  });
  return orUnusable(`MODELS_DIR ${modelsDir}`, finding);
}

/** Opens the store that STORAGE_URL or DATA_DIR names. Throws ConfigError if it cannot be used. */
export function openObjects({ storageUrl, dataDir }: Config): Promise<ObjectStore> {
  const place = storageUrl === undefined ? `DATA_DIR ${dataDir}` : `STORAGE_URL ${storageUrl}`;
  return orUnusable(place, openObjectStore(storageUrl, dataDir));
}

async function orUnusable<T>(place: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ConfigError(`${place} cannot be used: ${error.message}`);
  }
}
