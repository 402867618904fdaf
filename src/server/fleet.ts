import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import type { EngineStatus } from '../engine/index.ts';
import { openClusterJobs } from '../jobs/cluster.ts';
import { Retention } from '../jobs/retention.ts';
import { FleetModels } from '../resolvers/fleet-models.ts';
import type { ModelEntry, ModelInfo } from '../resolvers/model-catalog.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { img2imgHandler, startLoggedEngine } from './engines.ts';
import { openModels, openObjects, type OpenServices } from './open-services.ts';

/** What a worker says of itself; an engine's loaded models by their names. */
interface WorkerState {
  readonly models: readonly ModelInfo[];
  readonly engines: readonly EngineStatus[];
}

/** Opens what an API process of a fleet works with. It has no engine: all it knows of models its workers tell. */
export async function openFleet(config: Config, log: Logger): Promise<OpenServices> {
  const objects = await openSharedStore(config);
  const { jobs, events, roster } = await openClusterJobs<WorkerState>({
    url: config.queueUrl!,
    queueLimit: config.queueLimit,
    log,
  });
  const remembered = [...(await roster.remembered())].map(([name, file]) => ({ name, file: String(file) }));
  const models = new FleetModels(remembered, async () =>
    (await roster.present()).map(({ worker, state }) => ({ worker, models: state.models })),
  );
  const fileOf = new Map(models.entries.map(({ name, file }) => [name, file]));
  const retention = new Retention({ jobs, objects, retention: config.retention, log });
  retention.start();
  return {
    config,
    jobs,
    events,
    models,
    objects,
    engineStatus: async () =>
      (await roster.present()).flatMap(({ worker, state }) =>
        state.engines.map((engine) => ({
          ...engine,
          worker,
          loaded: engine.loaded.map((name) => fileOf.get(name) ?? name),
        })),
      ),
    close: async () => {
      await retention.stop();
      await jobs.close();
    },
  };
}

/** A worker that takes jobs. */
export interface RunningWorker {
  readonly name: string;
  /** The models whose jobs it takes. */
  readonly models: readonly string[];
  readonly devices: number;
  /** Lets running jobs end for as long as DRAIN_TIMEOUT, puts the others back and ends the engine processes. */
  close(): Promise<void>;
}

/** Starts a worker with an engine process on each device. Throws ConfigError. */
export async function startWorker(config: Config, log: Logger): Promise<RunningWorker> {
  if (config.queueUrl === undefined) {
    throw new ConfigError(
      'QUEUE_URL: expected the address of the Redis that the API processes use, got none',
    );
  }
  const objects = await openSharedStore(config);
  const models = await openModels(config, log);
  const installed = (await models.list()).filter((model) => model.installed).map(({ name }) => name);
  const { jobs, roster } = await openClusterJobs<WorkerState>({
    url: config.queueUrl,
    queueLimit: config.queueLimit,
    log,
    models: installed,
  });
  const engines = config.devices.map((choice) => startLoggedEngine(config, choice, log));
  const name = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  for (const entry of models.entries) {
    if (installed.includes(entry.name)) await roster.remember(entry.name, entry.file);
  }
  const post = { models: installed, devices: engines.length };
  const leave = await roster.announce(name, post, async () => ({
    models: await models.list(),
    engines: (await Promise.all(engines.map((engine) => engine.status()))).map((engine) => ({
      ...engine,
      loaded: namesOf(engine.loaded, models.entries),
    })),
  }));
  jobs.processAll(engines.map((engine) => img2imgHandler(engine, models, objects, log)));
  return {
    name,
    models: installed,
    devices: engines.length,
    close: async () => {
      await jobs.drain(config.drainTimeout);
      await leave().catch((error: unknown) => {
        log.warn({ err: error }, 'this worker could not take its leave');
      });
      await jobs.close();
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

function openSharedStore(config: Config): Promise<ObjectStore> {
  if (config.storageUrl !== undefined) return openObjects(config);
  throw new ConfigError(
    'STORAGE_URL: with QUEUE_URL expected s3://bucket/prefix or a folder that every process of the fleet shares, got none',
  );
}

const namesOf = (paths: readonly string[], entries: readonly ModelEntry[]): string[] =>
  paths.flatMap((path) => entries.find((entry) => entry.path === path)?.name ?? []);
