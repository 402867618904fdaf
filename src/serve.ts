import { ConfigError, readConfig } from './config.ts';
import { JobDatabaseError } from './jobs/sqlite/index.ts';
import { knownKeys } from './keys/key-ring.ts';
import { createLog } from './log.ts';
import { explained, stopRequested } from './run-process.ts';
import { mustBeGuarded } from './server/open-server.ts';
import { longestDrain, startServer } from './server/server.ts';
import { openServices } from './services/index.ts';
import { logStart } from './start-log.ts';
import { startTelemetry } from './telemetry/start.ts';

/** The API process; its exit code is 1 if it cannot start, with the reason on standard error. */
export const serve = (): Promise<void> => explained(main, [ConfigError, JobDatabaseError]);

/** Configuration → services → listen → drain on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  process.umask(0o077); // other users of this machine must not read jobs and pictures
  const stop = stopRequested(); // a signal during the start takes effect after it
  const config = readConfig(process.env);
  await mustBeGuarded(config, knownKeys(config).length > 0); // before an engine is opened
  const log = createLog(config.logLevel);
  const stopTelemetry = await startTelemetry(process.env, log);
  const services = await openServices(config, log);
  const server = await startServer({
    services,
    drain: (milliseconds) => services.drain(milliseconds),
    log,
  }).catch(async (error: unknown) => {
    await services.close(); // otherwise the engine process would keep this one alive
    throw error;
  });
  console.log(`LatentQL ready on ${server.url}`);
  void logStart(log, 'server', config, services.models);

  log.info({ signal: await stop }, 'draining');
  const time = longestDrain(config);
  const deadline = setTimeout(() => {
    log.error({ time }, 'draining timed out; running jobs resume at the next start');
    process.exit(1);
  }, time);
  await server.close();
  await services.close();
  await stopTelemetry();
  clearTimeout(deadline);
}
