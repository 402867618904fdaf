import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { inspectImage } from '../images/source-image.ts';
import type { ClusterModels } from '../models/cluster-models.ts';
import { FolderWatch } from '../models/folder-watch.ts';
import { installedAdapters, type InstalledAdapters } from '../models/installed-adapters.ts';
import { InstalledModels, type SharedNames } from '../models/installed-models.ts';
import { ModelHashes } from '../models/model-hashes.ts';
import { Thumbnails } from '../models/thumbnails.ts';
import { CONVERSION_CACHE_BYTES, Conversions } from '../resolvers/conversions.ts';
import type { Services } from '../resolvers/services.ts';
import { DiskCache } from '../storage/disk-cache.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { openObjectStore } from '../storage/open-store.ts';

/** Services with processes and files that must be closed. */
export interface OpenServices extends Services {
  /** Claims no more jobs; resolves when the running ones have ended, or after `milliseconds`. */
  drain(milliseconds: number): Promise<void>;
  /** Returns running jobs to the queue and ends the engine processes. */
  close(): Promise<void>;
}

/** The package's folder, above `src` or `dist`. */
export const PACKAGE_DIR = fileURLToPath(new URL('../..', import.meta.url));

/** A name for this process, unique among all processes of a queue. */
export const processName = (): string => `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;

/** Finds the models of this machine. Throws ConfigError if MODELS_DIR cannot be used. */
export async function openModels(
  { modelsDir, dataDir, given }: Config,
  log: Logger,
  more: SharedNames & { readonly hashes?: ModelHashes } = {},
): Promise<InstalledModels> {
  if (given.includes('MODELS_DIR') && !existsSync(modelsDir)) {
    log.warn({ modelsDir }, 'MODELS_DIR does not exist: only the bundled model is served');
  }
  const namesFile = join(dataDir, 'model-names.json');
  const finding = InstalledModels.find(
    { modelsDir, packageDir: PACKAGE_DIR, namesFile, ...more },
    (path, why) => {
      log.warn({ path, why }, 'ignored in MODELS_DIR');
    },
  );
  return orUnusable(`MODELS_DIR ${modelsDir}`, finding);
}

/** Milliseconds between two reads of the workers' announcements. */
const ANNOUNCEMENTS = 2000;

/** Notices added and removed models: from files on this machine, from the workers' announcements in a cluster. */
export function watchModels(
  models: InstalledModels | ClusterModels,
  log: Logger,
): Pick<FolderWatch, 'close'> {
  const namesNow = () => models.entries.map(({ name }) => name);
  let names = namesNow();
  const stop = models.onChange(() => {
    const [before, now] = [names, namesNow()];
    names = now;
    const added = now.filter((name) => !before.includes(name));
    const removed = before.filter((name) => !now.includes(name));
    log.info({ added, removed }, 'models changed');
  });
  let isReported = false;
  const watch = new FolderWatch({
    look: async () => {
      const again = await models.refresh({ isPatient: true });
      isReported = false;
      return again;
    },
    folders: () => ('folders' in models ? models.folders : []),
    onError: (err) => {
      if (!isReported) log.warn({ err }, 'model scan failed');
      isReported = true;
    },
    ...('folders' in models ? {} : { interval: ANNOUNCEMENTS }),
  });
  return {
    close: () => {
      stop();
      return watch.close();
    },
  };
}

/** The thumbnails beside the checkpoints of this machine. */
export const openThumbnails = (models: InstalledModels): Thumbnails =>
  new Thumbnails(models, (bytes) =>
    inspectImage(bytes).then(
      () => true,
      () => false,
    ),
  );

/** Opens the hashes of model files. */
export const openHashes = ({ dataDir }: Config, log: Logger): ModelHashes =>
  new ModelHashes(join(dataDir, 'model-hashes.json'), (err) => {
    log.warn({ err }, 'model hash failed');
  });

/** The adapters of this machine: the files under MODELS_DIR that are not models. */
export const openAdapters = (
  { modelsDir }: Config,
  models: InstalledModels,
  hashes: ModelHashes,
): InstalledAdapters =>
  installedAdapters({
    modelsDir,
    hashes,
    isModel: (file) => models.isModel(file),
    checkpointOf: (model) => models.pathOf(model),
  });

/** Opens the store that STORAGE_URL or DATA_DIR names. Throws ConfigError if it cannot be used. */
export function openObjects({ storageUrl, dataDir }: Config): Promise<ObjectStore> {
  const place = storageUrl === undefined ? `DATA_DIR ${dataDir}` : 'STORAGE_URL';
  return orUnusable(place, openObjectStore(storageUrl, dataDir));
}

/** Opens the cache of converted pictures. Throws ConfigError if DATA_DIR cannot be used. */
export async function openConversions({ dataDir }: Config): Promise<Conversions> {
  const opening = DiskCache.open(join(dataDir, 'conversions'), CONVERSION_CACHE_BYTES);
  return new Conversions(await orUnusable(`DATA_DIR ${dataDir}`, opening));
}

/** Why no object could be stored now; empty if one could. */
export const storeProblems = (objects: ObjectStore): Promise<string[]> =>
  objects.check().then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );

/** Opens the store that all processes of a cluster share. Throws ConfigError without STORAGE_URL. */
export function openSharedObjects(config: Config): Promise<ObjectStore> {
  if (config.storageUrl !== undefined) return openObjects(config);
  throw new ConfigError(
    'STORAGE_URL: with QUEUE_URL expected s3://bucket/prefix or a folder that every process of the cluster shares, got none',
  );
}

async function orUnusable<T>(place: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ConfigError(`${place} cannot be used: ${error.message}`);
  }
}
