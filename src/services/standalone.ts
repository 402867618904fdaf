import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ClockMark } from '../jobs/clock-guard.ts';
import { Estimator } from '../jobs/eta.ts';
import { Retention } from '../jobs/retention.ts';
import { Runner } from '../jobs/runner.ts';
import { openSqliteJobs } from '../jobs/sqlite/index.ts';
import { openControlSocket } from '../maintenance/control-socket.ts';
import { ModelPulls } from '../models/pulls.ts';
import { Refusals } from '../resolvers/refusals.ts';
import { programVersion } from '../start-log.ts';
import { RetryingStore } from '../storage/retrying-store.ts';
import { openEngines, whyNoneTakesJobs } from './engines.ts';
import { makePrivate } from './private-folder.ts';
import {
  openAdapters,
  openConversions,
  openHashes,
  openModels,
  openObjects,
  openThumbnails,
  processName,
  storeProblems,
  watchModels,
  type OpenServices,
} from './shared.ts';

/** Opens the services of a server without a cluster. Throws ConfigError or JobDatabaseError. */
export async function openStandalone(config: Config, log: Logger): Promise<OpenServices> {
  const objects = await openObjects(config); // first, because its error names an unusable DATA_DIR
  await makePrivate(config.dataDir, log);
  const hashes = openHashes(config, log);
  const models = await openModels(config, log, { hashes });
  const { dataDir, queueLimit } = config;
  const { queue, source, backupTo } = openSqliteJobs({ dataDir, queueLimit, log });
  const patient = new RetryingStore({ store: objects, log });
  const adapters = openAdapters(config, models, hashes);
  const engines = openEngines(config, { models, adapters, hashes, objects: patient, log });
  await engines.mustOpen().catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  const worker = processName();
  const runner = new Runner({ source, devices: engines.devices, worker, log });
  runner.start();
  const mark = new ClockMark(dataDir);
  const retention = new Retention({ queue, objects, mark, retention: config.retention, log });
  retention.start();
  const control = await openControlSocket({
    dataDir,
    backupTo,
    hold: (work) => retention.hold(work),
    log,
  });
  const estimator = new Estimator({
    queue,
    devices: () => {
      const names = models.entries.map(({ name }) => name);
      return Promise.resolve(runner.devices.map(() => ({ worker, models: names })));
    },
  });
  const watch = watchModels(models, log);
  const pulls = new ModelPulls({
    modelsDir: config.modelsDir,
    environment: process.env,
    onPulled: () => models.refresh(),
    onError: (err) => {
      log.error({ err }, 'model pull failed');
    },
  });
  return {
    version: programVersion(),
    config,
    jobs: queue,
    estimator,
    models,
    ...adapters,
    pulls,
    thumbnails: openThumbnails(models),
    objects,
    conversions: await openConversions(config),
    refusals: new Refusals(log),
    devices: () => engines.status(runner, null),
    unloadModels: () => engines.unload(),
    state: async () => ({
      problems: [...whyNoneTakesJobs(await engines.status(runner, null)), ...(await storeProblems(objects))],
      jobStoreErrors: runner.storeErrors,
      objectStoreErrors: patient.errors,
      retentionLag: retention.state.lagSeconds,
    }),
    removeObjects: (sha256s) => retention.removeObjects(sha256s),
    drain: (milliseconds) => runner.drain(milliseconds),
    close: async () => {
      await Promise.all([watch.close(), pulls.close()]);
      await control.close(); // retention waits for a running backup
      await retention.stop();
      await runner.close();
      await estimator.close();
      await queue.close();
      await engines.close();
    },
  };
}
