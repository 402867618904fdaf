import { ConfigError, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { startWorker } from './services/cluster.ts';

/** Milliseconds beyond DRAIN_TIMEOUT in which a worker that was asked to end has ended. */
const CLOSING_TIME = 10_000;

/** The worker process of a cluster: configuration → engines → take jobs → drain on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  process.umask(0o077); // pictures are nobody else's on this machine
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const worker = await startWorker(config, log);
  console.log(`LatentQL worker ${worker.name} takes jobs of ${worker.models.join(', ')}`);

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  log.info({ signal }, 'draining');
  const deadline = setTimeout(() => {
    log.error({}, 'draining takes too long; another worker takes up what runs');
    process.exit(1);
  }, config.drainTimeout + CLOSING_TIME);
  await worker.close();
  clearTimeout(deadline);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
