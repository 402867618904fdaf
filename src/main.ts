import { pino } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { openServices } from './server/services.ts';
import { startServer } from './server/server.ts';

/** The API process: configuration → services → listen → drain on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel }, pino.destination({ fd: 2, sync: true }));
  const services = await openServices(config, log);
  const server = await startServer({ services, log });
  console.log(`LatentQL ready on ${server.url}`);

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  log.info({ signal }, 'draining');
  await server.close();
  await services.close();
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
