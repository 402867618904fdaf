import { resolve } from 'node:path';
import { z } from 'zod';
import { DEVICE_NAMES, type DeviceName } from './engine/index.ts';
import { usableMemory } from './usable-memory.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

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
  /** Bytes that one engine process may take; tasks that need more are refused. */
  readonly memoryLimit: number;
  /** Waiting jobs beyond which `img2img` answers QUEUE_FULL. */
  readonly queueLimit: number;
  /** redis:// or rediss://: this process is one of a cluster; undefined: it works alone, on its data folder. */
  readonly queueUrl: string | undefined;
  /** Replicas of Redis that must have a job before it is accepted. */
  readonly queueReplicas: number;
  /** s3://bucket/prefix or a folder that all processes of a cluster share; undefined: in the data folder. */
  readonly storageUrl: string | undefined;
  /** Milliseconds for which jobs that have ended are kept, with their images; 0: for ever. */
  readonly retention: number;
  /** Milliseconds that a running job has to end when the process is asked to; then it is put back. */
  readonly drainTimeout: number;
  /** Where clients reach this server, without a trailing slash; undefined: as the request says. */
  readonly publicUrl: string | undefined;
  /**
   * Whether `imageUrl` may lead to addresses that are not public. Off by default: a caller could make this server read
   * what only it can reach (its own ports, the local network, a cloud's metadata service).
   */
  readonly allowPrivateImageUrls: boolean;
  /** Whether the schema is a subgraph of Apollo Federation. */
  readonly federation: boolean;
  /** Accepted bearer keys; empty: no authentication. */
  readonly apiKeys: readonly string[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Names of the variables that the environment sets; the others have their defaults. */
  readonly given: readonly string[];
}

/** A device by its provider and, of several graphics cards, its number. */
export interface DeviceChoice {
  readonly device: DeviceName;
  readonly deviceIndex?: number;
}

/** Says of a variable what was expected and what came. */
const expecting =
  (expected: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    `expected ${expected}, got ${JSON.stringify(input)}`;

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: expecting(`one of ${names.join(', ')}`) });

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

const byteSize = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim());
  const bytes = match ? Math.floor(Number(match[1]) * UNITS[match[2]!.toLowerCase()]!) : 0;
  if (bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: `expected a size such as 8GB or 512MB, got "${text}"` });
  return z.NEVER;
});

const SPANS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span of time in milliseconds: 0, or a number with its unit from `least` to `most`. */
const span = (least: string, most: string) =>
  z.string().transform((text, context) => {
    const value = milliseconds(text);
    if (value === 0 || (value >= milliseconds(least) && value <= milliseconds(most))) return value;
    const expected = `expected 0 or a time from ${least} to ${most}, such as 90s, 30m, 12h or 7d`;
    context.addIssue({ code: 'custom', message: `${expected}, got "${text}"` });
    return z.NEVER;
  });

/** NaN if the text is no span of time. */
function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([smhd])$/i.exec(text.trim()) ?? [];
  if (/^0+$/.test(text.trim())) return 0;
  return number === undefined ? NaN : Math.round(Number(number) * SPANS[unit!.toLowerCase()]!);
}

const integer = (least: number, most: number) =>
  z.string().transform((text, context) => {
    const value = Number(text);
    if (/^\s*\d+\s*$/.test(text) && value >= least && value <= most) return value;
    context.addIssue({
      code: 'custom',
      message: `expected a whole number from ${least} to ${most}, got "${text}"`,
    });
    return z.NEVER;
  });

const baseUrl = z.string().refine((text) => URL.canParse(text) && /^https?:\/\/[^?#]+$/i.test(text), {
  error: expecting('an http or https URL without query and fragment'),
});

const devices = z.string().transform((text, context) => {
  const choices: DeviceChoice[] = [];
  for (const part of text.split(',').map((word) => word.trim())) {
    const [, name, index] = /^([a-z]+)(?::(\d{1,2}))?$/.exec(part) ?? [];
    const device = DEVICE_NAMES.find((known) => known === name);
    if (!device || (index !== undefined && device !== 'cuda')) {
      const expected = `expected ${DEVICE_NAMES.join(', ')}, cuda:<number>, or a list of such with commas`;
      context.addIssue({ code: 'custom', message: `${expected}, got "${part}"` });
      return z.NEVER;
    }
    choices.push(index === undefined ? { device } : { device, deviceIndex: Number(index) });
  }
  return choices;
});

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  WORKER_PORT: integer(0, 65_535).optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  MODELS_DIR: z.string().min(1).default('./models'),
  DEVICE: devices.default([{ device: 'auto' }]),
  MEMORY_LIMIT: byteSize.default(Math.floor(0.75 * usableMemory())),
  QUEUE_LIMIT: integer(1, 1_000_000).default(1000),
  QUEUE_URL: z
    .string()
    .refine((text) => /^rediss?(\+sentinel)?:\/\/[^/]/.test(text), {
      // What came may hold a password.
      error:
        'expected redis://host:port or rediss://host:port, several with commas for a Redis Cluster, or redis+sentinel://host:port,…/master',
    })
    .optional(),
  QUEUE_REPLICAS: integer(0, 16).default(0),
  STORAGE_URL: z
    .string()
    .refine((text) => !text.includes('://') || (URL.canParse(text) && /^s3:\/\/[^/?#]+[^?#]*$/.test(text)), {
      error: ({ input }) => `expected s3://bucket/prefix or a folder, got ${JSON.stringify(input)}`,
    })
    .optional(),
  RETENTION: span('10m', '36500d').default(7 * SPANS['d']!),
  DRAIN_TIMEOUT: span('1s', '1h').default(7 * SPANS['s']!),
  PUBLIC_URL: baseUrl.optional(),
  FEDERATION: z.stringbool({ error: expecting('true or false') }).default(false),
  ALLOW_PRIVATE_IMAGE_URLS: z.stringbool({ error: expecting('true or false') }).default(false),
  API_KEYS: z
    .string()
    .default('')
    .transform((keys) =>
      keys
        .split(',')
        .map((key) => key.trim())
        .filter(Boolean),
    ),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
});

/** Names of all settings. */
export const SETTINGS: readonly string[] = Object.keys(environment.shape);

/** The process cannot start with these settings; the message names each wrong one and says why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
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
  return Object.freeze({
    host: settings.HOST,
    port: settings.PORT,
    workerPort: settings.WORKER_PORT,
    dataDir: resolve(settings.DATA_DIR),
    modelsDir: resolve(settings.MODELS_DIR),
    device: settings.DEVICE[0]!.device,
    devices: settings.DEVICE,
    memoryLimit: settings.MEMORY_LIMIT,
    queueLimit: settings.QUEUE_LIMIT,
    queueUrl: settings.QUEUE_URL,
    queueReplicas: settings.QUEUE_REPLICAS,
    storageUrl: settings.STORAGE_URL,
    retention: settings.RETENTION,
    drainTimeout: settings.DRAIN_TIMEOUT,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
    federation: settings.FEDERATION,
    allowPrivateImageUrls: settings.ALLOW_PRIVATE_IMAGE_URLS,
    apiKeys: settings.API_KEYS,
    logLevel: settings.LOG_LEVEL,
    given: Object.keys(environment.shape).filter((name) => given[name] !== undefined),
  });
}
