import { Help, Option, type Command } from 'commander';
import { SETTINGS, type SettingName } from '../config.ts';
import { flagOf, gatherSettings, type Origins } from './setting-sources.ts';

/** The flag of a setting. */
interface SettingFlag {
  readonly value: string;
  readonly summary: string;
}

const BOOLEAN = 'true|false';

/** Every setting as a flag; a setting without one does not compile. */
const FLAGS: Readonly<Record<SettingName, SettingFlag>> = {
  HOST: { value: 'address', summary: 'address to listen on' },
  PORT: { value: 'number', summary: 'port to listen on; 0 takes a free one' },
  WORKER_PORT: { value: 'number', summary: "port of a worker's probes" },
  DATA_DIR: { value: 'folder', summary: 'folder of the jobs and pictures' },
  MODELS_DIR: { value: 'folder', summary: 'folder of the checkpoints' },
  DEVICE: { value: 'names', summary: 'auto, cpu, cuda, webgpu, coreml or dml; several with commas' },
  PRECISION: { value: 'name', summary: 'what networks compute in: auto, f16 or f32' },
  MEMORY_LIMIT: { value: 'size', summary: 'memory limit of an engine process, such as 8GB' },
  DEVICE_MEMORY_LIMIT: { value: 'size', summary: 'graphics memory that networks may take' },
  QUEUE_LIMIT: { value: 'number', summary: 'number of jobs that may wait' },
  QUEUE_URL: { value: 'url', summary: 'Redis of a cluster' },
  QUEUE_REPLICAS: {
    value: 'number',
    summary: 'replicas of Redis that must have a job before it is accepted',
  },
  STORAGE_URL: { value: 'url', summary: 'where pictures are kept: s3://bucket/prefix or a folder' },
  RETENTION: { value: 'time', summary: 'how long ended jobs are kept, such as 7d; 0 keeps them forever' },
  DRAIN_TIMEOUT: { value: 'time', summary: 'time for a running job to end on SIGTERM' },
  PUBLIC_URL: { value: 'url', summary: 'address under which clients reach the server' },
  TRUST_PROXY: { value: 'proxies', summary: 'proxies whose X-Forwarded headers are trusted' },
  ALLOWED_HOSTS: { value: 'names', summary: 'names under which a server without keys may be reached' },
  CORS_ORIGINS: { value: 'origins', summary: 'origins of pages that may use the server' },
  FEDERATION: { value: BOOLEAN, summary: 'serves the schema as a subgraph of Apollo Federation' },
  ALLOW_PRIVATE_IMAGE_URLS: { value: BOOLEAN, summary: 'allows imageUrl to reach private addresses' },
  API_KEYS: { value: 'keys', summary: 'accepted keys; a flag shows them to other users of the machine' },
  API_KEY_HASHES: { value: 'hashes', summary: 'accepted keys by their hash' },
  ALLOW_ANONYMOUS: {
    value: BOOLEAN,
    summary: 'allows a server without keys to be reached from other machines',
  },
  METRICS: { value: 'access', summary: 'who may read /metrics: open, admin or closed' },
  KEY_WAITING_JOBS: { value: 'number', summary: 'jobs of one key that may wait' },
  KEY_REQUESTS_PER_MINUTE: { value: 'number', summary: 'requests of one key per minute' },
  KEY_BYTES_PER_DAY: { value: 'size', summary: 'bytes of source images of one key per day' },
  JOB_WORK_LIMIT: { value: 'number', summary: 'most work of one job: megapixels × steps × images' },
  TRUSTED_DOCUMENTS: { value: 'file', summary: 'documents that clients may name by their hash' },
  TRUSTED_DOCUMENTS_ONLY: { value: BOOLEAN, summary: 'refuses every other document' },
  LOG_LEVEL: { value: 'level', summary: 'trace, debug, info, warn, error, fatal or silent' },
};

/** A boolean flag may have no value: `--federation`. */
const optionOf = (name: SettingName): Option => {
  const { value, summary } = FLAGS[name];
  const option = new Option(
    `${flagOf(name)} ${value === BOOLEAN ? `[${value}]` : `<${value}>`}`,
    summary,
  ).helpGroup('Settings:');
  return value === BOOLEAN ? option.preset('true') : option;
};

/** Makes every setting a flag of a command, as `serve` has them; its help names that command instead of the flags. */
export function takeAllSettings(command: Command): Command {
  const flags = new Set<string | undefined>(SETTINGS.map(flagOf));
  const visibleOptions: Help['visibleOptions'] = (one) =>
    new Help().visibleOptions(one).filter(({ long }) => !flags.has(long));
  return takeSettings(command, SETTINGS)
    .configureHelp({ ...command.configureHelp(), visibleOptions })
    .addHelpText('after', '\nIt takes the settings of `latentql serve` as flags, too.');
}

/** Makes every setting a flag of a command; its help lists only those in `shown`. */
export function takeSettings(command: Command, shown: readonly SettingName[]): Command {
  for (const name of SETTINGS) command.addOption(optionOf(name).hideHelp(!shown.includes(name)));
  return command;
}

/** Adds the settings of a command's flags and of the working directory's files to the environment. Throws ConfigError. */
export function applySettings(command: Command): Origins {
  const flags = new Map<SettingName, string>();
  for (const name of SETTINGS) {
    const value: unknown = command.getOptionValue(optionOf(name).attributeName());
    if (typeof value === 'string') flags.set(name, value);
  }
  return gatherSettings(flags, process.env, process.cwd());
}
