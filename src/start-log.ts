import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import type { Log } from './jobs/log.ts';
import type { ModelCatalog, ModelDescription } from './models/catalog.ts';
import { usableMemory } from './usable-memory.ts';

/** A URL or a folder without the user and the password that a URL may hold. */
const withoutSecrets = (place: string | undefined): string | undefined =>
  place?.replace(/\/\/[^/@]*@/g, '//…@').replace(/,[^,/@]*@/g, ',…@');

/** How the log shows each setting; a setting without an entry does not compile. */
const SHOWN: { readonly [Name in keyof Config]: (value: Config[Name]) => unknown } = {
  host: (host) => host,
  port: (port) => port,
  dataDir: (folder) => folder,
  modelsDir: (folder) => folder,
  device: () => undefined, // the first of `devices`
  devices: (devices) =>
    devices.map(({ device, deviceIndex: index }) => (index === undefined ? device : `${device}:${index}`)),
  precision: (name) => name,
  memoryLimit: (bytes) => bytes,
  deviceMemoryLimit: (bytes) => bytes,
  queueLimit: (jobs) => jobs,
  queueUrl: withoutSecrets,
  queueReplicas: (count) => count,
  storageUrl: withoutSecrets,
  retention: (milliseconds) => milliseconds,
  drainTimeout: (milliseconds) => milliseconds,
  publicUrl: withoutSecrets,
  federation: (isOn) => isOn,
  trustProxy: (proxies) => proxies,
  allowedHosts: (names) => names,
  corsOrigins: (origins) => origins,
  allowPrivateImageUrls: (isAllowed) => isAllowed,
  apiKeys: (keys) => keys.length,
  apiKeyHashes: (keys) => keys.map(({ name, role }) => `${name}:${role}`),
  allowAnonymous: (isAllowed) => isAllowed,
  metrics: (access) => access,
  keyWaitingJobs: (count) => count,
  keyRequestsPerMinute: (count) => count,
  keyBytesPerDay: (bytes) => bytes,
  jobWorkLimit: (work) => work,
  trustedDocuments: (path) => path,
  trustedDocumentsOnly: (areOnly) => areOnly,
  logLevel: (level) => level,
  workerPort: (port) => port,
  given: (names) => names,
};

/** The settings in force without secrets, for the log. */
export const shownSettings = (config: Config): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(SHOWN).map(([name, show]) => [
      name,
      (show as (value: unknown) => unknown)(config[name as keyof Config]),
    ]),
  );

/** The version of this program. */
export const programVersion = (): string => {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
};

/** The models that were found: usable, missing, and unusable with their problems. */
export const shownModels = (models: readonly ModelDescription[]): Record<string, unknown> => ({
  installed: models.filter(({ installed }) => installed).map(({ name }) => name),
  missing: models.filter(({ missingFiles }) => missingFiles.length > 0).map(({ name }) => name),
  unusable: models.flatMap(({ name, problem }) => (problem === null ? [] : [{ name, problem }])),
});

/** Logs the start: the program, the settings in force and, once scanned, the models. */
export async function logStart(
  log: Log,
  what: string,
  config: Config,
  models: Pick<ModelCatalog, 'list'>,
): Promise<void> {
  const { node } = process.versions;
  const platform = `${process.platform}-${process.arch}`;
  const memory = usableMemory();
  const settings = shownSettings(config);
  log.info({ version: programVersion(), node, platform, usableMemory: memory, settings }, `${what} started`);
  if (config.memoryLimit > memory) {
    const limit = { memoryLimit: config.memoryLimit, usableMemory: memory };
    log.warn(limit, 'MEMORY_LIMIT is more than this process may use: the system may kill the engine');
  }
  try {
    log.info(shownModels(await models.list()), 'models found');
  } catch (error) {
    log.warn({ err: error }, 'models were not listed');
  }
}
