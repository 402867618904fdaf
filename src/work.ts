import { ConfigError, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { explained, stopRequested } from './run-process.ts';
import { startProbes } from './server/probes.ts';
import { startWorker } from './services/worker.ts';
import { logStart } from './start-log.ts';
import { startTelemetry } from './telemetry/start.ts';

/** Milliseconds after DRAIN_TIMEOUT within which a worker must have ended. */
const CLOSING_TIME = 10_000;

/** The worker process of a cluster; its exit code is 1 if it cannot start, with the reason on standard error. */
export const work = (): Promise<void> => explained(main, [ConfigError]);

/** Configuration → engines → take jobs → drain on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  process.umask(0o077); // other users of this machine must not read pictures
  const stop = stopRequested(); // a signal during the start takes effect after it
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const stopTelemetry = await startTelemetry(process.env, log);
  const worker = await startWorker(config, log);
  const probes = await startProbes(worker, config).catch(async (error: unknown) => {
    await worker.close(); // otherwise the engine processes would keep this one alive
    throw error;
  });
  console.log(`LatentQL worker ${worker.name} takes jobs of ${worker.models.join(', ')}`);
  if (probes) log.info({ url: probes.url }, 'worker answers probes');
  void logStart(log, 'worker', config, worker.catalog);

  log.info({ signal: await stop }, 'draining');
  const deadline = setTimeout(() => {
    log.error({}, 'draining timed out; another worker takes over running jobs');
    process.exit(1);
  }, config.drainTimeout + CLOSING_TIME);
  await worker.close();
  await probes?.close();
  await stopTelemetry();
  clearTimeout(deadline);
}
