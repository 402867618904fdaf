import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ClockMark } from '../jobs/clock-guard.ts';
import { Estimator } from '../jobs/eta.ts';
import { openRedisJobs, type WorkerRegistry } from '../jobs/redis/index.ts';
import { Retention } from '../jobs/retention.ts';
import type { Misfit } from '../models/adapter-catalog.ts';
import type { ModelEntry } from '../models/catalog.ts';
import {
  canAnswer,
  clusterAdapters,
  type AnnouncedAdapters,
  type MisfitQuestion,
} from '../models/cluster-adapters.ts';
import { ClusterModels, type AnnouncedModel } from '../models/cluster-models.ts';
import { NO_THUMBNAILS } from '../models/thumbnails.ts';
import { Refusals } from '../resolvers/refusals.ts';
import type { EngineDevice } from '../resolvers/services.ts';
import { programVersion } from '../start-log.ts';
import { makePrivate } from './private-folder.ts';
import {
  openConversions,
  openSharedObjects,
  storeProblems,
  watchModels,
  type OpenServices,
} from './shared.ts';

/** The state that a worker announces, besides the models whose jobs it takes. */
export interface WorkerState extends AnnouncedAdapters {
  readonly models: readonly AnnouncedModel[];
  readonly engines: readonly EngineDevice[];
}

/** Opens the services of an API process in a cluster. It has no engine; workers announce the models. */
export async function openCluster(config: Config, log: Logger): Promise<OpenServices> {
  await makePrivate(config.dataDir, log);
  const objects = await openSharedObjects(config);
  const { queue, workers, questions } = await openRedisJobs<WorkerState>(redisOptions(config, log));
  const models = new ClusterModels(await namesOf(workers), async (isNow) =>
    (await workers.present(isNow ? 0 : undefined)).map(({ worker, devices, state }) => ({
      worker,
      models: state.models,
      takesJobs: devices > 0,
    })),
  );
  const watch = watchModels(models, log);
  const mark = new ClockMark(config.dataDir);
  const retention = new Retention({ queue, objects, mark, retention: config.retention, log });
  retention.start();
  const estimator = new Estimator({
    queue,
    devices: async () =>
      (await workers.present()).flatMap(({ worker, models: taken, devices }) =>
        Array.from({ length: devices }, () => ({ worker, models: taken })),
      ),
  });
  const ask = async (question: MisfitQuestion): Promise<Misfit | undefined> => {
    const having = (await workers.present()).filter(
      ({ state }) =>
        canAnswer(state, question) &&
        state.models.some((one) => one.name === question.model && one.installed),
    );
    const names = having.map(({ worker }) => worker);
    return (await questions.ask(names, question)) as Misfit | undefined;
  };
  return {
    version: programVersion(),
    config,
    jobs: queue,
    estimator,
    models,
    pulls: undefined,
    thumbnails: NO_THUMBNAILS,
    ...clusterAdapters(async () => (await workers.present()).map(({ state }) => state), ask),
    objects,
    conversions: await openConversions(config),
    refusals: new Refusals(log),
    devices: async () => (await workers.present()).flatMap(({ state }) => state.engines),
    unloadModels: () => workers.callToUnload(),
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
      await watch.close();
      await retention.stop();
      await estimator.close();
      await queue.close();
    },
  };
}

/** All names that workers have ever given, with their files. */
export const namesOf = async (
  workers: Pick<WorkerRegistry<WorkerState>, 'remembered'>,
): Promise<ModelEntry[]> =>
  [...(await workers.remembered())].map(([name, file]) => ({ name, file: String(file) }));

/** Options of a cluster's job store. */
export const redisOptions = ({ queueUrl, queueLimit, queueReplicas }: Config, log: Logger) => ({
  url: queueUrl!,
  queueLimit,
  waitReplicas: queueReplicas,
  log,
});
