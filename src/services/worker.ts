import { posix } from 'node:path';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import type { Job } from '../jobs/job.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { openRedisJobs, type WorkerRegistry } from '../jobs/redis/index.ts';
import { Runner } from '../jobs/runner.ts';
import type { ModelCatalog, ModelEntry } from '../models/catalog.ts';
import { adaptersOf, answerMisfit } from '../models/cluster-adapters.ts';
import type { AnnouncedModel } from '../models/cluster-models.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { EngineDevice, ServiceState, StoreErrors } from '../resolvers/services.ts';
import { RetryingStore } from '../storage/retrying-store.ts';
import { namesOf, redisOptions, type WorkerState } from './cluster.ts';
import { openEngines, whyNoneTakesJobs } from './engines.ts';
import { announcesFiles } from './job-files.ts';
import {
  openAdapters,
  openHashes,
  openModels,
  openSharedObjects,
  processName,
  storeProblems,
  watchModels,
} from './shared.ts';

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
  /** Waits up to DRAIN_TIMEOUT for running jobs, requeues the others and ends the engine processes. */
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
  const name = processName();
  let served: readonly string[] = [];
  let files: Omit<WorkerState, 'engines'> | undefined;
  const { queue, source, workers, questions } = await openRedisJobs<WorkerState>({
    ...redisOptions(config, log),
    worker: {
      name,
      get models() {
        return served;
      },
      isForOthers: (job) => isForOthers(job),
    },
  });
  const hashes = openHashes(config, log);
  const models = await openModels(config, log, {
    hashes,
    names: () => namesOf(workers),
    claim: async (usable) => {
      if (!(await claimAll(usable, workers))) return false;
      served = usable.map((model) => model.name);
      return true;
    },
  }).catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  const patient = new RetryingStore({ store: objects, log });
  const adapters = openAdapters(config, models, hashes);
  questions.answerWith((question) => answerMisfit(question, adapters));
  const engines = openEngines(config, { models, adapters, hashes, objects: patient, log });
  await engines.mustOpen().catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  const look = async () => (files = { models: await announced(models), ...(await adaptersOf(adapters)) });
  const isForOthers = async ({ request }: Job): Promise<boolean> => {
    if (announcesFiles(request, files ?? (await look()))) return false;
    const others = (await workers.present()).filter((one) => one.worker !== name);
    return others.some((one) => one.models.includes(request.model) && announcesFiles(request, one.state));
  };
  const runner = new Runner({ source: source!, devices: engines.devices, worker: name, isForOthers, log });
  runner.start();
  await runner.triedDevices();
  // A worker without an open device takes no jobs, and announces that.
  const leave = await workers.announce(
    async () => {
      const state = { ...(await look()), engines: await engines.status(runner, name) };
      const open = state.engines.filter(({ problem }) => problem === null).length;
      return { models: open > 0 ? served : [], devices: open, state };
    },
    () => void engines.unload(),
  );
  const watch = watchModels(models, log);
  return {
    name,
    get models() {
      return served;
    },
    jobs: queue,
    catalog: models,
    devices: () => engines.status(runner, name),
    state: async () => ({
      problems: [...whyNoneTakesJobs(await engines.status(runner, name)), ...(await storeProblems(objects))],
      jobStoreErrors: runner.storeErrors,
      objectStoreErrors: patient.errors,
    }),
    close: async () => {
      await watch.close();
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

/** The models of a worker with the hashes known so far. */
const announced = async (models: InstalledModels): Promise<AnnouncedModel[]> =>
  Promise.all(
    (await models.list()).map(async (model) => ({
      ...model,
      hash: model.installed ? await models.hashOf(model.name) : null,
    })),
  );

/** Claims names for files of this worker; false if another worker gave one of them to a file of another name. */
async function claimAll(
  entries: readonly ModelEntry[],
  workers: Pick<WorkerRegistry<WorkerState>, 'claim'>,
): Promise<boolean> {
  let areOurs = true;
  for (const { name, file } of entries) {
    const kept = await workers.claim(name, file);
    if (posix.basename(String(kept)) !== posix.basename(file)) areOurs = false;
  }
  return areOurs;
}
