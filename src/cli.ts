import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { type Config, ConfigError, readConfig } from './config.ts';
import { JobDatabaseError } from './jobs/sqlite/index.ts';
import { keysCommand } from './keys/command.ts';
import { createLog } from './log.ts';
import { backUp, mustHaveJobs, restore } from './maintenance/backup.ts';
import { check } from './maintenance/check.ts';
import { exportJobs } from './maintenance/export.ts';
import { SetupError } from './setup/download.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { openObjectStore } from './storage/open-store.ts';

const USAGE = `usage: latentql <command>, with the settings of the server in the environment (DATA_DIR, STORAGE_URL)
  serve                          the server (or an API process of a cluster); ends cleanly on SIGTERM
  worker                         a worker of a cluster
  backup <folder>                writes jobs, images and keys to a new folder; the server may run.
                                 With QUEUE_URL: the images, and the records as JSON lines
  restore <folder>               puts a backup into a DATA_DIR that is new or empty
  check [--remove-unreferenced]  verifies jobs and images; the server must be stopped
  keys add <name> [--role read|submit|admin] [--expires <2027-01-31 or 30d>] [--prioritize] [--of <name>]
                                 makes an API key and prints it; only its hash is kept. --of: it shares the jobs of another key
  keys list                      names, roles and ends of the keys
  keys revoke <name>             ends a key at once; running servers need no restart
  setup cuda                     installs what DEVICE=cuda needs beside NVIDIA's own libraries (Linux x64)
  gpu check [--device cuda:0] [--precision auto|f16|f32] [--checkpoint <file> [--size 512]] [--json]
                                 whether a device works: driver, libraries, attention of every kind, speed; with a checkpoint
                                 its networks, where they run, how fast and in how much memory. 1 if anything is wrong`;

/** Runs a command; the exit status is 1 where something is lost or the command failed, 2 where it was not understood. */
async function main(args: string[]): Promise<number> {
  if (args[0] === 'gpu' && args[1] === 'check') return checkGpu(args.slice(2));
  process.umask(0o077); // backups and keys are nobody else's on this machine
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'remove-unreferenced': { type: 'boolean', default: false },
      role: { type: 'string' },
      expires: { type: 'string' },
      prioritize: { type: 'boolean' },
      of: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [command, folder] = positionals;
  if (command === 'setup' && folder === 'cuda') return setUp();
  const config = readConfig(process.env);
  if (command === 'keys') {
    const said = await keysCommand(positionals.slice(1), values, config.dataDir);
    console.log(said ?? USAGE);
    return said === undefined ? 2 : 0;
  }
  const openObjects = () => openObjectStore(config.storageUrl, config.dataDir);
  if (config.queueUrl !== undefined) {
    if (command !== 'backup' || folder === undefined) {
      throw new ConfigError(
        'QUEUE_URL: the jobs are in Redis, which has its own means for this: see docs/operations',
      );
    }
    const { jobs, objects, lost } = await exportCluster(config, await openObjects(), resolve(folder));
    console.log(
      `${jobs} job records and ${objects} images are in ${resolve(folder)}; back up Redis by its own means`,
    );
    return reportLost(lost);
  }
  if (command === 'backup' && folder !== undefined) {
    await mustHaveJobs(config.dataDir);
    const { jobs, objects, lost } = await backUp(config.dataDir, await openObjects(), resolve(folder));
    console.log(`${jobs} jobs and ${objects} images are in ${resolve(folder)}`);
    return reportLost(lost);
  }
  if (command === 'restore' && folder !== undefined) {
    const { jobs, objects, lost } = await restore(resolve(folder), config.dataDir, openObjects);
    console.log(`${jobs} jobs and ${objects} images are in ${config.dataDir}`);
    return reportLost(lost);
  }
  if (command === 'check' && folder === undefined) {
    await mustHaveJobs(config.dataDir); // before the store makes its folder there
    const removeUnreferenced = values['remove-unreferenced'];
    const found = await check(config.dataDir, await openObjects(), { removeUnreferenced });
    const { jobs, sound, unreferenced, removed } = found;
    console.log(
      `${jobs} jobs, ${sound} images sound, ${unreferenced} unreferenced, ${removed} of them removed`,
    );
    return reportLost([...found.missing, ...found.damaged]);
  }
  console.error(USAGE);
  return 2;
}

async function checkGpu(args: string[]): Promise<number> {
  const gpu = await import('./setup/gpu-check.ts');
  const options = gpu.readGpuCheckOptions(args);
  return gpu.runChecks(options, [(report) => gpu.checkGpu(options, report)]);
}

async function setUp(): Promise<number> {
  const { setUpCuda } = await import('./setup/cuda.ts');
  const { tryCuda, showLibraries, progressBar } = await import('./setup/report.ts');
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError(
      `setup cuda is for Linux x64, this is ${process.platform} ${process.arch}: DEVICE=webgpu needs no setup`,
    );
  const { folder, libraries } = await setUpCuda({ onProgress: progressBar(process.stderr) });
  console.log(`the CUDA provider is in ${folder}`);
  for (const line of showLibraries(libraries)) console.log(line);
  const problem = await tryCuda();
  console.log(problem === undefined ? 'cuda opens' : `cuda does not open: ${problem}`);
  return problem === undefined ? 0 : 1;
}

async function exportCluster(
  { queueUrl, queueLimit, logLevel }: Config,
  objects: ObjectStore,
  target: string,
) {
  const { openRedisJobs } = await import('./jobs/redis/index.ts'); // only a cluster needs BullMQ and Redis
  const { queue } = await openRedisJobs({ url: queueUrl!, queueLimit, log: createLog(logLevel) });
  try {
    return await exportJobs(queue, objects, target);
  } finally {
    await queue.close();
  }
}

function reportLost(lost: readonly string[]): number {
  if (lost.length === 0) return 0;
  console.error(`${lost.length} images that jobs refer to are missing or damaged:\n  ${lost.join('\n  ')}`);
  return 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  const isExplained =
    isUsage ||
    error instanceof ConfigError ||
    error instanceof JobDatabaseError ||
    error instanceof SetupError;
  console.error(isExplained ? error.message : error);
  if (isUsage) console.error(USAGE);
  process.exitCode = isUsage ? 2 : 1;
}
