import { resolve } from 'node:path';
import { totalmem } from 'node:os';
import { z } from 'zod';
import { DEVICE_NAMES, type DeviceName } from './engine/index.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Settings of a process, read once from the environment. Paths are absolute, sizes are bytes. */
export interface Config {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly dataDir: string;
  readonly modelsDir: string;
  readonly device: DeviceName;
  /** What one engine process may keep in memory. */
  readonly memoryLimit: number;
  /** Waiting jobs beyond which `img2img` answers QUEUE_FULL. */
  readonly queueLimit: number;
  /** Where clients reach this server, without a trailing slash; undefined: as the request says. */
  readonly publicUrl: string | undefined;
  /**
   * Whether `imageUrl` may lead to addresses that are not public. Off by default: a caller could make this server read
   * what only it can reach (its own ports, the local network, a cloud's metadata service).
   */
  readonly allowPrivateImageUrls: boolean;
  /** Accepted bearer keys; empty: no authentication. */
  readonly apiKeys: readonly string[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
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

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  DATA_DIR: z.string().min(1).default('./data'),
  MODELS_DIR: z.string().min(1).default('./models'),
  DEVICE: oneOf(DEVICE_NAMES).default('auto'),
  MEMORY_LIMIT: byteSize.default(Math.floor(totalmem() * 0.75)),
  QUEUE_LIMIT: integer(1, 1_000_000).default(1000),
  PUBLIC_URL: baseUrl.optional(),
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
    dataDir: resolve(settings.DATA_DIR),
    modelsDir: resolve(settings.MODELS_DIR),
    device: settings.DEVICE,
    memoryLimit: settings.MEMORY_LIMIT,
    queueLimit: settings.QUEUE_LIMIT,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
    allowPrivateImageUrls: settings.ALLOW_PRIVATE_IMAGE_URLS,
    apiKeys: settings.API_KEYS,
    logLevel: settings.LOG_LEVEL,
  });
}
