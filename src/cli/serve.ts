import type { Command } from 'commander';
import { mustHaveAddressSpace } from '../address-space.ts';
import { SETTINGS } from '../config.ts';
import { applySettings, takeSettings } from './setting-flags.ts';

/** `serve` and `worker`: processes that run until they are stopped. */
export function addServe(program: Command): void {
  const serve = program
    .command('serve')
    .description('runs the server, or an API process of a cluster; shuts down cleanly on SIGTERM');
  takeSettings(
    serve,
    SETTINGS.filter((name) => name !== 'WORKER_PORT'),
  ).action(async () => {
    applySettings(serve);
    mustHaveAddressSpace();
    await (await import('../serve.ts')).serve();
  });

  const worker = program.command('worker').description('runs a worker of a cluster (requires QUEUE_URL)');
  takeSettings(worker, [
    'QUEUE_URL',
    'STORAGE_URL',
    'DATA_DIR',
    'MODELS_DIR',
    'DEVICE',
    'PRECISION',
    'MEMORY_LIMIT',
    'DEVICE_MEMORY_LIMIT',
    'WORKER_PORT',
    'DRAIN_TIMEOUT',
    'LOG_LEVEL',
  ]).action(async () => {
    applySettings(worker);
    mustHaveAddressSpace();
    await (await import('../work.ts')).work();
  });
}
