import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { replaceFile } from '../storage/replace-file.ts';
import { digestOf, type Key, KEY_NAME, ownerOf, type Role, ROLES, whyRefused } from './key.ts';

const time = z.iso.datetime().transform((text) => Date.parse(text));

const KeyFile = z.object({
  keys: z.array(
    z.object({
      name: z.string().regex(KEY_NAME),
      role: z.enum(ROLES),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      owner: z.string().min(1),
      mayPrioritize: z.boolean().default(false),
      createdAt: time,
      expiresAt: time.nullable().default(null),
      revokedAt: time.nullable().default(null),
    }),
  ),
});

/** The key file of a data folder. */
export const keyFileOf = (dataDir: string): string => join(dataDir, 'keys.json');

/** The keys of a file; undefined if it is missing. Throws ConfigError, without its content, if it cannot be read. */
export function readKeyFile(file: string): Key[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new ConfigError(`The keys in ${file} cannot be read (${codeOf(error)}).`);
  }
  const parsed = KeyFile.safeParse(orUndefined(() => JSON.parse(text) as unknown));
  if (parsed.success) return parsed.data.keys;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new ConfigError(`${file} is not a valid key file${where && ` (at ${where})`}: restore a copy of it.`);
}

/** Properties of a new key. */
export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: number | null;
  readonly mayPrioritize: boolean;
  /** Name of the key whose objects it shares; undefined for none. */
  readonly of: string | undefined;
}

/** Adds a key to a data folder and returns it; only its hash is stored. Throws ConfigError. */
export async function addKey(dataDir: string, asked: NewKey, now = Date.now()): Promise<string> {
  const key = `lql_${randomBytes(32).toString('base64url')}`;
  await changeKeys(dataDir, (keys) => {
    const { name, role, expiresAt, mayPrioritize } = asked;
    if (!KEY_NAME.test(name)) {
      throw new ConfigError('name: expected up to 64 letters, digits, dots, hyphens and underscores');
    }
    if (keys.some((one) => one.name === name && whyRefused(one, now) === undefined)) {
      throw new ConfigError(`the key ${name} already exists: revoke it, or choose another name`);
    }
    const shared = asked.of === undefined ? undefined : keys.findLast((one) => one.name === asked.of);
    if (asked.of !== undefined && !shared) throw new ConfigError(`--of: there is no key ${asked.of}`);
    const hash = digestOf(key).toString('hex');
    const owner = shared?.owner ?? ownerOf(key);
    return [...keys, { name, role, hash, owner, mayPrioritize, createdAt: now, expiresAt, revokedAt: null }];
  });
  return key;
}

/** Revokes a key of a data folder. Throws ConfigError if no key has this name. */
export const revokeKey = (dataDir: string, name: string, now = Date.now()): Promise<void> =>
  changeKeys(dataDir, (keys) => {
    const isMeant = (one: Key) => one.name === name && one.revokedAt === null;
    if (!keys.some(isMeant)) throw new ConfigError(`there is no key ${JSON.stringify(name)} to revoke`);
    return keys.map((one) => (isMeant(one) ? { ...one, revokedAt: now } : one));
  });

/** Milliseconds for which a change waits for another one, and between two attempts. */
const PATIENCE = 5000;
const LOOK = 50;

/** Replaces the file atomically, one change at a time. */
async function changeKeys(dataDir: string, change: (keys: readonly Key[]) => Key[]): Promise<void> {
  const file = keyFileOf(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockOf(`${file}.lock`);
  try {
    const keys = change(readKeyFile(file) ?? []);
    const written = {
      keys: keys.map(({ createdAt, expiresAt, revokedAt, ...key }) => ({
        ...key,
        createdAt: textOf(createdAt),
        expiresAt: textOf(expiresAt),
        revokedAt: textOf(revokedAt),
      })),
    };
    await replaceFile(file, `${JSON.stringify(written, null, 2)}\n`);
  } finally {
    await lock.release();
  }
}

async function lockOf(path: string): Promise<{ release: () => Promise<void> }> {
  for (const start = Date.now(); ;) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (Date.now() - start >= PATIENCE)
        throw new ConfigError(`Another command is changing the keys; if none is running, delete ${path}.`);
      await sleep(LOOK);
    }
  }
}

const textOf = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
