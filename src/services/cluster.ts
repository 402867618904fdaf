import { posix } from 'node:path';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { FileClockMark } from '../jobs/clock-guard.ts';
import { Estimator } from '../jobs/eta.ts';
import { openRedisJobs } from '../jobs/redis/index.ts';
import { Retention } from '../jobs/retention.ts';
import { Runner } from '../jobs/runner.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { ModelCatalog, ModelDescription } from '../models/catalog.ts';
import { ClusterLoras } from '../models/cluster-loras.ts';
import { ClusterModels } from '../models/cluster-models.ts';
import { clusterParts, type UpscalerDescription, type VaeDescription } from '../models/part-catalog.ts';
import type { LoraDescription } from '../models/lora-catalog.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { EngineDevice, ServiceState, StoreErrors } from '../resolvers/services.ts';
import { Refusals } from '../resolvers/refusals.ts';
import { programVersion } from '../start-log.ts';
import { RetryingStore } from '../storage/retrying-store.ts';
import { openEngines, whyNoneTakesJobs } from './engines.ts';
import { makePrivate } from './private-folder.ts';
import {
  openModels,
  openConversions,
  openHashes,
  openLoras,
  openParts,
  openSharedObjects,
  processName,
  storeProblems,
  type OpenServices,
} from './shared.ts';

/** What a worker announces of itself, beside the models that it takes jobs of. */
interface WorkerState {
  readonly models: readonly ModelDescription[];
  /** Absent in what older versions announce. */
  readonly loras?: readonly LoraDescription[];
  readonly vaes?: readonly VaeDescription[];
  readonly upscalers?: readonly UpscalerDescription[];
  readonly engines: readonly EngineDevice[];
}

/** Opens what an API process of a cluster works with. It has no engine: what it knows of models its workers announce. */
export async function openCluster(config: Config, log: Logger): Promise<OpenServices> {
  await makePrivate(config.dataDir, log);
  const objects = await openSharedObjects(config);
  const { queue, workers } = await openRedisJobs<WorkerState>(redisOptions(config, log));
  const remembered = [...(await workers.remembered())].map(([name, file]) => ({ name, file: String(file) }));
  const models = new ClusterModels(remembered, async () =>
    (await workers.present()).map(({ worker, devices, state }) => ({
      worker,
      models: state.models,
      takesJobs: devices > 0,
    })),
  );
  const mark = new FileClockMark(config.dataDir);
  const retention = new Retention({ queue, objects, mark, retention: config.retention, log });
  retention.start();
  const estimator = new Estimator({
    queue,
    devices: async () =>
      (await workers.present()).flatMap(({ worker, models: taken, devices }) =>
        Array.from({ length: devices }, () => ({ worker, models: taken })),
      ),
  });
  return {
    version: programVersion(),
    config,
    jobs: queue,
    estimator,
    models,
    loras: new ClusterLoras(async () => (await workers.present()).map(({ state }) => state.loras ?? [])),
    vaes: clusterParts(async () => (await workers.present()).map(({ state }) => state.vaes ?? [])),
    upscalers: clusterParts(async () => (await workers.present()).map(({ state }) => state.upscalers ?? [])),
    objects,
    conversions: await openConversions(config),
    refusals: new Refusals(log),
    devices: async () => (await workers.present()).flatMap(({ state }) => state.engines),
    state: async () => ({
      problems: await storeProblems(objects),
      workers: (await workers.present()).filter(({ devices }) => devices > 0).length,
      jobStoreErrors: 0,
      objectStoreErrors: 0,
      retentionLag: retention.state.lagSeconds,
    }),
    removeObjects: (sha256s) => retention.removeObjects(sha256s),
    drain: () => Promise.resolve(),
    close: async () => {
      await retention.stop();
      await estimator.close();
      await queue.close();
    },
  };
}

/** A worker that takes jobs. */
export interface RunningWorker {
  readonly name: string;
  /** The models whose jobs it takes. */
  readonly models: readonly string[];
  readonly jobs: Pick<JobQueue, 'changes' | 'check'>;
  /** The models of its machine. */
  readonly catalog: Pick<ModelCatalog, 'list'>;
  readonly devices: () => Promise<readonly EngineDevice[]>;
  readonly state: () => Promise<StoreErrors & Pick<ServiceState, 'problems'>>;
  /** Lets running jobs end for as long as DRAIN_TIMEOUT, returns the others and ends the engine processes. */
  close(): Promise<void>;
}

/** Starts a worker with an engine process on each device. Throws ConfigError. */
export async function startWorker(config: Config, log: Logger): Promise<RunningWorker> {
  if (config.queueUrl === undefined) {
    throw new ConfigError(
      'QUEUE_URL: expected the address of the Redis that the API processes use, got none',
    );
  }
  const objects = await openSharedObjects(config);
  const models = await openModelsOfCluster(config, log);
  const installed = (await models.list()).filter((model) => model.installed).map(({ name }) => name);
  const name = processName();
  const { queue, source, workers } = await openRedisJobs<WorkerState>({
    ...redisOptions(config, log),
    worker: { name, models: installed },
  });
  const patient = new RetryingStore({ store: objects, log });
  const hashes = openHashes(config, log);
  const loras = openLoras(config, models, hashes);
  const parts = openParts(config, models, hashes);
  const engines = openEngines(config, { models, loras, ...parts, hashes, objects: patient, log });
  await engines.mustOpen().catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  const runner = new Runner({ source: source!, devices: engines.devices, worker: name, log });
  for (const entry of models.entries) {
    if (installed.includes(entry.name)) await workers.claim(entry.name, entry.file);
  }
  runner.start();
  await runner.triedDevices();
  // A worker none of whose devices opens takes no jobs, and says so.
  const leave = await workers.announce(async () => {
    const state = {
      models: await models.list(),
      loras: await loras.list(),
      vaes: await parts.vaes.list(),
      upscalers: await parts.upscalers.list(),
      engines: await engines.status(runner, name),
    };
    const open = state.engines.filter(({ problem }) => problem === null).length;
    return { models: open > 0 ? installed : [], devices: open, state };
  });
  return {
    name,
    models: installed,
    jobs: queue,
    catalog: models,
    devices: () => engines.status(runner, name),
    state: async () => ({
      problems: [...whyNoneTakesJobs(await engines.status(runner, name)), ...(await storeProblems(objects))],
      jobStoreErrors: runner.storeErrors,
      objectStoreErrors: patient.errors,
    }),
    close: async () => {
      await runner.drain(config.drainTimeout);
      await leave().catch((error: unknown) => {
        log.warn({ err: error }, 'worker could not leave the registry');
      });
      await runner.close();
      await queue.close();
      await engines.close();
    },
  };
}

/** The models of this machine, under names that no worker of the cluster has given to files that are called otherwise. */
async function openModelsOfCluster(config: Config, log: Logger): Promise<InstalledModels> {
  const { queue, workers } = await openRedisJobs<WorkerState>(redisOptions(config, log));
  try {
    for (;;) {
      const given = [...(await workers.remembered())].map(([name, file]) => ({ name, file: String(file) }));
      const models = await openModels(config, log, given);
      const installed = (await models.list()).filter((model) => model.installed);
      let areOurs = true; // another worker may start at the same time
      for (const { name, file } of installed) {
        const kept = await workers.claim(name, file);
        if (posix.basename(String(kept)) !== posix.basename(file)) areOurs = false;
      }
      if (areOurs) return models;
    }
  } finally {
    await queue.close();
  }
}

const redisOptions = ({ queueUrl, queueLimit, queueReplicas }: Config, log: Logger) => ({
  url: queueUrl!,
  queueLimit,
  waitReplicas: queueReplicas,
  log,
});
