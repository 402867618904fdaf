import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import type { ModelDescription } from './models/catalog.ts';

/** A URL or a folder without the user and the password that a URL may hold. */
const withoutSecrets = (place: string | undefined): string | undefined =>
  place?.replace(/\/\/[^/@]*@/g, '//…@').replace(/,[^,/@]*@/g, ',…@');

/** How the log shows each setting; a new one does not compile before it says so. */
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
  apiKeyHashes: (keys) => keys.length,
  allowAnonymous: (isAllowed) => isAllowed,
  metrics: (access) => access,
  keyWaitingJobs: (jobs) => jobs,
  keyRequestsPerMinute: (requests) => requests,
  keyBytesPerDay: (bytes) => bytes,
  jobWorkLimit: (work) => work,
  logLevel: (level) => level,
  given: (names) => names,
};

/** The settings in force as a log may show them, without any secret. */
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

/** Which models were found: those that can be used, those that are not there, and what is wrong with the others. */
export const shownModels = (models: readonly ModelDescription[]): Record<string, unknown> => ({
  installed: models.filter(({ installed }) => installed).map(({ name }) => name),
  missing: models.filter(({ missingFiles }) => missingFiles.length > 0).map(({ name }) => name),
  unusable: models.flatMap(({ name, problem }) => (problem === null ? [] : [{ name, problem }])),
});

/** Tells the log what has started: the program, the settings in force and the models found. */
export function logStart(
  log: { info(facts: object, message: string): void },
  what: string,
  config: Config,
  models: readonly ModelDescription[],
): void {
  const { node } = process.versions;
  const program = { version: programVersion(), node, platform: `${process.platform}-${process.arch}` };
  log.info({ ...program, settings: shownSettings(config), models: shownModels(models) }, `${what} started`);
}
