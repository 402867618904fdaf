import { resolve } from 'node:path';
import { z } from 'zod';
import { PRECISIONS, type DeviceName, type Precision } from './engine/runtime/device.ts';
import type { Key } from './keys/key.ts';
import {
  apiKeyHashes,
  apiKeys,
  baseUrl,
  type DeviceChoice,
  devices,
  expecting,
  integer,
  isHostName,
  isOrigin,
  isProxyRange,
  listOf,
  memorySize,
  milliseconds,
  oneOf,
  sizeOrNone,
  span,
} from './setting-values.ts';
import { isRedisUrl, isStorageUrl, wrongRedisUrl, wrongStorageUrl } from './store-urls.ts';
import { usableMemory } from './usable-memory.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Everybody, keys with the role admin, or nobody. */
const METRICS_ACCESS = ['open', 'admin', 'closed'] as const;

/** Settings of a process, read once from the environment. Paths are absolute, sizes are bytes. */
export interface Config {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where a worker of a cluster answers probes; 0 takes a free port, undefined: nowhere. */
  readonly workerPort: number | undefined;
  readonly dataDir: string;
  readonly modelsDir: string;
  /** The first of `devices`. */
  readonly device: DeviceName;
  /** One engine process each. */
  readonly devices: readonly DeviceChoice[];
  /** What networks compute in. */
  readonly precision: Precision;
  /** Bytes that one engine process may take; tasks that need more are refused. */
  readonly memoryLimit: number;
  /** Bytes of an accelerator's own memory that its networks may take; undefined: a share of the card's memory. */
  readonly deviceMemoryLimit: number | undefined;
  /** Waiting jobs beyond which `img2img` answers QUEUE_FULL. */
  readonly queueLimit: number;
  /** Redis of a cluster; undefined: this process works alone, on its data folder. */
  readonly queueUrl: string | undefined;
  /** Replicas of Redis that must have a job before it is accepted. */
  readonly queueReplicas: number;
  /** s3://bucket/prefix or a folder that all processes of a cluster share; undefined: in the data folder. */
  readonly storageUrl: string | undefined;
  /** Milliseconds for which jobs that have ended are kept, with their images; 0: forever. */
  readonly retention: number;
  /** Milliseconds that a running job has to end on shutdown; then it is requeued. */
  readonly drainTimeout: number;
  /** URL of this server for clients, without a trailing slash; undefined: from each request. */
  readonly publicUrl: string | undefined;
  /** Proxies whose X-Forwarded headers are trusted: addresses, ranges, `loopback`, `private`. */
  readonly trustProxy: readonly string[];
  /** Host names that a server without keys accepts besides those of this machine and `publicUrl`; `*`: any. */
  readonly allowedHosts: readonly string[];
  /** Origins of other pages that may use this server; `*`: any. */
  readonly corsOrigins: readonly string[];
  /**
   * Whether `imageUrl` may resolve to non-public addresses. Off by default: a caller could make this server read what only the
   * server can reach (its own ports, the local network, a cloud's metadata service).
   */
  readonly allowPrivateImageUrls: boolean;
  /** Whether the schema is a subgraph of Apollo Federation. */
  readonly federation: boolean;
  /** Accepted bearer keys. Without these, hashes and keys.json there is no authentication. */
  readonly apiKeys: readonly string[];
  /** Keys of which only the hash is known. */
  readonly apiKeyHashes: readonly Key[];
  /** Whether a server without keys may listen on an address that other machines can reach. */
  readonly allowAnonymous: boolean;
  /** Who may read /metrics. */
  readonly metrics: (typeof METRICS_ACCESS)[number];
  /** Quotas of each key that is not an admin's; 0: none. */
  readonly keyWaitingJobs: number;
  readonly keyRequestsPerMinute: number;
  readonly keyBytesPerDay: number;
  /** Most megapixels × steps × images of a job; 0: no limit. */
  readonly jobWorkLimit: number;
  /** Manifest of documents that clients may name by their hash; undefined: none. */
  readonly trustedDocuments: string | undefined;
  /** Whether documents beyond the manifest are refused. */
  readonly trustedDocumentsOnly: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Names of the settings that are given; the others have their defaults. */
  readonly given: readonly string[];
}

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  WORKER_PORT: integer(0, 65_535).optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  MODELS_DIR: z.string().min(1).default('./models'),
  DEVICE: devices.default([{ device: 'auto' }]),
  PRECISION: oneOf(PRECISIONS).default('auto'),
  MEMORY_LIMIT: memorySize.default(Math.floor(0.75 * usableMemory())),
  DEVICE_MEMORY_LIMIT: memorySize.optional(),
  QUEUE_LIMIT: integer(1, 1_000_000).default(1000),
  QUEUE_URL: z
    .string()
    .refine(isRedisUrl, { error: ({ input }) => wrongRedisUrl(String(input)) })
    .optional(),
  QUEUE_REPLICAS: integer(0, 16).default(0),
  STORAGE_URL: z
    .string()
    .refine(isStorageUrl, { error: ({ input }) => wrongStorageUrl(String(input)) })
    .optional(),
  RETENTION: span('10m', '24855d').default(milliseconds('7d')), // `limits` tells its seconds, a 32-bit Int
  DRAIN_TIMEOUT: span('1s', '1h').default(milliseconds('7s')),
  PUBLIC_URL: baseUrl.optional(),
  TRUST_PROXY: listOf(isProxyRange, 'addresses, ranges such as 10.0.0.0/8, loopback or private').default([]),
  ALLOWED_HOSTS: listOf(isHostName, 'host names without scheme and port, or *').default([]),
  CORS_ORIGINS: listOf(isOrigin, 'origins such as https://app.example, or *').default([]),
  FEDERATION: z.stringbool({ error: expecting('true or false') }).default(false),
  ALLOW_PRIVATE_IMAGE_URLS: z.stringbool({ error: expecting('true or false') }).default(false),
  API_KEYS: apiKeys.default([]),
  API_KEY_HASHES: apiKeyHashes.default([]),
  ALLOW_ANONYMOUS: z.stringbool({ error: expecting('true or false') }).default(false),
  METRICS: oneOf(METRICS_ACCESS).default('open'),
  KEY_WAITING_JOBS: integer(0, 1_000_000).default(100),
  KEY_REQUESTS_PER_MINUTE: integer(0, 1_000_000).default(600),
  KEY_BYTES_PER_DAY: sizeOrNone.default(10 * 2 ** 30),
  JOB_WORK_LIMIT: integer(0, 1_000_000).default(2500),
  TRUSTED_DOCUMENTS: z.string().optional(),
  TRUSTED_DOCUMENTS_ONLY: z.stringbool({ error: expecting('true or false') }).default(false),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
});

/** A setting by the name of its variable. */
export type SettingName = keyof typeof environment.shape;

/** Names of all settings. */
export const SETTINGS = Object.keys(environment.shape) as readonly SettingName[];

/** Invalid settings; the message names each and gives the reason. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Refuses a card that CUDA_VISIBLE_DEVICES hides: its number would silently select another one. Throws ConfigError. */
function refuseInvisibleCards(choices: readonly DeviceChoice[], visible: string | undefined): void {
  if (visible === undefined) return;
  const count = visible.split(',').length;
  const hidden = choices.find(({ deviceIndex = 0 }) => deviceIndex >= count);
  if (!hidden) return;
  throw new ConfigError(
    `Invalid settings:\n  DEVICE: cuda:${hidden.deviceIndex!} does not exist: CUDA_VISIBLE_DEVICES="${visible}" leaves ${count}, numbered from cuda:0`,
  );
}

/** Reads and validates the environment; empty variables count as unset. Throws ConfigError. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`Invalid settings:\n  ${lines.join('\n  ')}`);
  }
  const settings = parsed.data;
  if (settings.TRUSTED_DOCUMENTS_ONLY && settings.TRUSTED_DOCUMENTS === undefined) {
    throw new ConfigError(
      'Invalid settings:\n  TRUSTED_DOCUMENTS_ONLY: expected TRUSTED_DOCUMENTS=<manifest> as well; without it no document can run',
    );
  }
  refuseInvisibleCards(settings.DEVICE, given['CUDA_VISIBLE_DEVICES']);
  return Object.freeze({
    host: settings.HOST,
    port: settings.PORT,
    workerPort: settings.WORKER_PORT,
    dataDir: resolve(settings.DATA_DIR),
    modelsDir: resolve(settings.MODELS_DIR),
    device: settings.DEVICE[0]!.device,
    devices: settings.DEVICE,
    precision: settings.PRECISION,
    memoryLimit: settings.MEMORY_LIMIT,
    deviceMemoryLimit: settings.DEVICE_MEMORY_LIMIT,
    queueLimit: settings.QUEUE_LIMIT,
    queueUrl: settings.QUEUE_URL,
    queueReplicas: settings.QUEUE_REPLICAS,
    storageUrl: settings.STORAGE_URL,
    retention: settings.RETENTION,
    drainTimeout: settings.DRAIN_TIMEOUT,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
    trustProxy: settings.TRUST_PROXY,
    allowedHosts: settings.ALLOWED_HOSTS,
    corsOrigins: settings.CORS_ORIGINS,
    federation: settings.FEDERATION,
    allowPrivateImageUrls: settings.ALLOW_PRIVATE_IMAGE_URLS,
    apiKeys: settings.API_KEYS,
    apiKeyHashes: settings.API_KEY_HASHES,
    allowAnonymous: settings.ALLOW_ANONYMOUS,
    metrics: settings.METRICS,
    keyWaitingJobs: settings.KEY_WAITING_JOBS,
    keyRequestsPerMinute: settings.KEY_REQUESTS_PER_MINUTE,
    keyBytesPerDay: settings.KEY_BYTES_PER_DAY,
    jobWorkLimit: settings.JOB_WORK_LIMIT,
    trustedDocuments: settings.TRUSTED_DOCUMENTS && resolve(settings.TRUSTED_DOCUMENTS),
    trustedDocumentsOnly: settings.TRUSTED_DOCUMENTS_ONLY,
    logLevel: settings.LOG_LEVEL,
    given: Object.keys(environment.shape).filter((name) => given[name] !== undefined),
  });
}
