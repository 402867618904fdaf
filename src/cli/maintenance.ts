import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Config, ConfigError, readConfig } from '../config.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { openObjectStore } from '../storage/open-store.ts';
import { EXIT, ending } from './exit.ts';
import { applySettings, takeSettings } from './setting-flags.ts';
import { counted } from './table.ts';

/** `backup`, `restore` and `check`. */
export function addMaintenance(program: Command): void {
  const backup = program
    .command('backup <folder>')
    .description('writes jobs, images and keys to a new folder; the server may run')
    .addHelpText('after', '\nWith QUEUE_URL: the images, and the records as JSON lines.');
  takeSettings(backup, ['DATA_DIR', 'STORAGE_URL', 'QUEUE_URL']).action(
    ending(async (folder: string) => {
      const config = privateConfig(backup);
      return config.queueUrl === undefined
        ? backUpAlone(config, resolve(folder))
        : backUpCluster(config, config.queueUrl, resolve(folder));
    }),
  );

  const restore = program
    .command('restore <folder>')
    .description('restores a backup into a new or empty DATA_DIR');
  takeSettings(restore, ['DATA_DIR', 'STORAGE_URL']).action(
    ending(async (folder: string) => {
      const config = configAlone(restore);
      const { restore: putBack } = await import('../maintenance/backup.ts');
      const { jobs, objects, lost } = await putBack(resolve(folder), config.dataDir, () => openStore(config));
      console.log(`${counted(jobs, 'job')} and ${counted(objects, 'image')} are in ${config.dataDir}`);
      return reportLost(lost);
    }),
  );

  const check = program
    .command('check')
    .description('verifies jobs and images; the server must be stopped')
    .option('--remove-unreferenced', 'removes images that no job refers to', false);
  takeSettings(check, ['DATA_DIR', 'STORAGE_URL']).action(
    ending(async ({ removeUnreferenced }: { removeUnreferenced: boolean }) => {
      const config = configAlone(check);
      const { mustHaveJobs } = await import('../maintenance/backup.ts');
      const { check: verify } = await import('../maintenance/check.ts');
      await mustHaveJobs(config.dataDir); // before the store creates its folder there
      const found = await verify(config.dataDir, await openStore(config), { removeUnreferenced });
      const { jobs, sound, unreferenced, removed } = found;
      const others = removeUnreferenced
        ? `${removed} of ${unreferenced} unreferenced removed`
        : `${unreferenced} unreferenced`;
      console.log(`${counted(jobs, 'job')}, ${counted(sound, 'image')} sound, ${others}`);
      return reportLost([...found.missing, ...found.damaged]);
    }),
  );
}

/** The settings of a command that creates files which only this user may read. */
function privateConfig(command: Command): Config {
  process.umask(0o077);
  applySettings(command);
  return readConfig(process.env);
}

/** The settings; throws ConfigError if the jobs are in Redis. */
function configAlone(command: Command): Config {
  const config = privateConfig(command);
  if (config.queueUrl === undefined) return config;
  throw new ConfigError('QUEUE_URL: the jobs are in Redis: use its own tools, see docs/operations');
}

const openStore = ({ storageUrl, dataDir }: Config): Promise<ObjectStore> =>
  openObjectStore(storageUrl, dataDir);

async function backUpAlone(config: Config, folder: string): Promise<number> {
  const { backUp, mustHaveJobs } = await import('../maintenance/backup.ts');
  await mustHaveJobs(config.dataDir);
  const { jobs, objects, lost } = await backUp(config.dataDir, await openStore(config), folder);
  console.log(`${counted(jobs, 'job')} and ${counted(objects, 'image')} are in ${folder}`);
  return reportLost(lost);
}

async function backUpCluster(config: Config, url: string, folder: string): Promise<number> {
  const { openRedisJobs } = await import('../jobs/redis/index.ts'); // only a cluster needs BullMQ and Redis
  const { exportJobs } = await import('../maintenance/export.ts');
  const { createLog } = await import('../log.ts');
  const { queueLimit, logLevel } = config;
  const { queue } = await openRedisJobs({ url, queueLimit, log: createLog(logLevel) });
  try {
    const { jobs, objects, lost } = await exportJobs(queue, await openStore(config), folder);
    console.log(
      `${counted(jobs, 'job record')} and ${counted(objects, 'image')} are in ${folder}; back up Redis with its own tools`,
    );
    return reportLost(lost);
  } finally {
    await queue.close();
  }
}

function reportLost(lost: readonly string[]): number {
  if (lost.length === 0) return EXIT.done;
  console.error(`Images that jobs refer to, missing or damaged: ${lost.length}\n  ${lost.join('\n  ')}`);
  return EXIT.failed;
}
