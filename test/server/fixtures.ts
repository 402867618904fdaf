import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import type { Latent } from '../../src/engine/index.ts';
import { Estimator } from '../../src/jobs/eta.ts';
import { Runner } from '../../src/jobs/runner.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import type { ModelCatalog, ModelEntry, ModelDescription } from '../../src/models/catalog.ts';
import { clusterAdapters } from '../../src/models/cluster-adapters.ts';
import { KNOWN_MODELS } from '../../src/models/names.ts';
import { NO_THUMBNAILS } from '../../src/models/thumbnails.ts';
import { Conversions } from '../../src/resolvers/conversions.ts';
import { Refusals } from '../../src/resolvers/refusals.ts';
import type { Services } from '../../src/resolvers/services.ts';
import { startServer } from '../../src/server/server.ts';
import { DiskCache } from '../../src/storage/disk-cache.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { scriptedDevice, ScriptedHandler, temporaryFolder } from '../jobs/fixtures.ts';

/** What differs from an installed SD1.5 model that likes 256 × 256. */
const STATES: Readonly<Record<string, Partial<ModelDescription>>> = {
  majicmixRealistic_betterV6: {
    installed: false,
    family: null,
    missingFiles: ['sd1.5/majicmixRealistic_betterV6.safetensors'],
  },
  sd_xl_base_1_0: { installed: false, family: null, problem: 'the header ends at byte 17, expected 1024' },
  flux1_schnell: { family: 'flux', sizeBytes: 23_782_506_688 },
};

/** The known models in one state each: missing, damaged, of another family, installed. */
export class FixedCatalog implements ModelCatalog {
  readonly entries: readonly ModelEntry[] = KNOWN_MODELS;
  readonly place = '/models';

  list(): Promise<ModelDescription[]> {
    return Promise.resolve(
      this.entries.map((entry) => ({
        ...entry,
        family: 'sd15',
        installed: true,
        missingFiles: [],
        sizeBytes: 1000,
        problem: null,
        recommended: {
          width: 256,
          height: 256,
          steps: 20,
          cfg: 6,
          samplerName: 'euler',
          scheduler: 'normal',
        },
        workers: [],
        precision: 'f16',
        licence: null,
        ...STATES[entry.name],
      })),
    );
  }

  hashOf(): Promise<string | null> {
    return Promise.resolve(null);
  }

  tokenizerOf(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  refresh(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  onChange(): () => void {
    return () => undefined;
  }

  async get(name: string): Promise<ModelDescription | undefined> {
    return (await this.list()).find((model) => model.name === name);
  }
}

/** An SD1.5 latent of 16 × 16 cells, all of one value. */
export const latent = (value: number): Latent => ({
  family: 'sd15',
  channels: 4,
  height: 16,
  width: 16,
  data: new Float32Array(4 * 16 * 16).fill(value),
});

/** A server on a free port, with the real queue, whose jobs the test runs by hand. */
export interface TestServer {
  readonly url: string;
  readonly services: Services;
  readonly objects: ObjectStore;
  readonly handler: ScriptedHandler;
  /** What was logged, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

/** Starts a TestServer with these environment variables and services in place of the usual ones. */
export async function startTestServer(
  environment: NodeJS.ProcessEnv = {},
  replaced: Partial<Services> = {},
): Promise<TestServer> {
  const folder = await temporaryFolder();
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    new Writable({
      write: (line: Buffer, _encoding, done) => {
        logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
        done();
      },
    }),
  );
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder.path,
    MODELS_DIR: '/models',
    DRAIN_TIMEOUT: '0',
    ...environment,
  });
  const { queue: jobs, source } = openSqliteJobs({
    dataDir: config.dataDir,
    queueLimit: config.queueLimit,
    log,
  });
  const handler = new ScriptedHandler();
  const runner = new Runner({ source, devices: [scriptedDevice(handler)], worker: 'test', log });
  runner.start();
  const models = replaced.models ?? new FixedCatalog();
  const served = models.entries.map(({ name }) => name);
  const estimator = new Estimator({
    queue: jobs,
    devices: () => Promise.resolve([{ worker: 'test', models: served }]),
  });
  const objects = await FileStore.open(join(folder.path, 'objects'));
  const services: Services = {
    version: '1.2.3',
    config,
    jobs,
    estimator,
    models,
    ...clusterAdapters(() => Promise.resolve([])),
    pulls: undefined,
    thumbnails: NO_THUMBNAILS,
    objects,
    conversions: new Conversions(await DiskCache.open(join(folder.path, 'conversions'), 2 ** 26)),
    refusals: new Refusals(log),
    devices: () => Promise.resolve([]),
    unloadModels: () => Promise.resolve(),
    state: () => Promise.resolve({ problems: [], jobStoreErrors: 0, objectStoreErrors: 0, retentionLag: 0 }),
    removeObjects: async (sha256s) => {
      for (const sha256 of sha256s) await objects.delete(sha256);
    },
    ...replaced,
  };
  const release = async () => {
    const closed = runner.close();
    handler.stop();
    await closed;
    await estimator.close();
    await jobs.close();
    await folder.remove();
  };
  const server = await startServer({
    services,
    drain: (milliseconds) => runner.drain(milliseconds),
    log,
  }).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  return {
    url: server.url,
    services,
    objects,
    handler,
    logged,
    close: async () => {
      await server.close();
      await release();
    },
  };
}
