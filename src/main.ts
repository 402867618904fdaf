import { ConfigError, readConfig } from './config.ts';
import { JobDatabaseError } from './jobs/sqlite/index.ts';
import { createLog } from './log.ts';
import { openServices } from './services/index.ts';
import { longestDrain, startServer } from './server/server.ts';

/** The API process: configuration → services → listen → drain on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  process.umask(0o077); // jobs and pictures are nobody else's on this machine
  const stop = stopSignal(); // one that comes while the server starts is obeyed when it has
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const services = await openServices(config, log);
  const server = await startServer({
    services,
    drain: (milliseconds) => services.drain(milliseconds),
    log,
  }).catch(async (error: unknown) => {
    await services.close(); // else the engine process would keep this one alive
    throw error;
  });
  console.log(`LatentQL ready on ${server.url}`);

  log.info({ signal: await stop }, 'draining');
  const time = longestDrain(config);
  const deadline = setTimeout(() => {
    log.error({ time }, 'draining takes too long; what runs is taken up at the next start');
    process.exit(1);
  }, time);
  await server.close();
  await services.close();
  clearTimeout(deadline);
}

/** The first SIGTERM or SIGINT. A second one ends the process as it always does. */
const stopSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

try {
  await main();
} catch (error) {
  const isExplained = error instanceof ConfigError || error instanceof JobDatabaseError;
  console.error(isExplained ? error.message : error);
  process.exitCode = 1;
}
