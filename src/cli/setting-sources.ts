import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, SETTINGS, type SettingName } from '../config.ts';

/** Files of the working directory with settings, in order of precedence. */
export const SETTING_FILES = ['.env', 'latentql.config.json'] as const;

/** Where the value of a setting comes from, as `latentql config` shows it. */
export type Origins = ReadonlyMap<SettingName, string>;

type Values = Readonly<Record<string, string | undefined>>;

/** The flag of a setting: `--data-dir` for DATA_DIR. */
export const flagOf = (name: SettingName): string => `--${name.toLowerCase().replaceAll('_', '-')}`;

/**
 * Adds the settings of flags, `.env` and `latentql.config.json` to an environment, from which settings are read. Flags override the
 * environment, and that overrides the files, also with an empty variable. Throws ConfigError if a file cannot be read.
 */
export function gatherSettings(
  flags: ReadonlyMap<SettingName, string>,
  environment: NodeJS.ProcessEnv,
  folder: string,
): Origins {
  const [dotEnv, json] = SETTING_FILES;
  const fromDotEnv = readDotEnv(join(folder, dotEnv));
  const fromJson = readJson(join(folder, json));
  const origins = new Map<SettingName, string>();
  for (const name of SETTINGS) {
    const flag = flags.get(name);
    const [value, origin] =
      flag !== undefined
        ? [flag, flagOf(name)]
        : environment[name] !== undefined
          ? [environment[name], 'environment']
          : fromDotEnv[name] !== undefined
            ? [fromDotEnv[name], dotEnv]
            : [fromJson[name], json];
    if (value === undefined) continue;
    environment[name] = value;
    if (value !== '') origins.set(name, origin);
  }
  // Libraries read others, such as AWS_ACCESS_KEY_ID, from the environment.
  for (const [name, value] of Object.entries(fromDotEnv)) environment[name] ??= value;
  return origins;
}

/** Throws ConfigError. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function readDotEnv(path: string): Values {
  const text = readIfThere(path);
  return text === undefined ? {} : parseEnv(text);
}

/** `dataDir`, `data-dir` and `DATA_DIR` are one setting. */
const folded = (name: string): string => name.replace(/[_-]/g, '').toLowerCase();

const BY_FOLDED_NAME: ReadonlyMap<string, SettingName> = new Map(
  SETTINGS.map((name) => [folded(name), name]),
);

function readJson(path: string): Values {
  const text = readIfThere(path);
  if (text === undefined) return {};
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(parseObject(path, text))) {
    const name = BY_FOLDED_NAME.get(folded(key));
    const shown = textOf(value);
    if (name === undefined) problems.push(`${key}: unknown setting`);
    else if (shown === undefined)
      problems.push(`${key}: expected a string, a number, a boolean or a list of strings`);
    else if (values[name] !== undefined) problems.push(`${key}: ${name} is set twice`);
    else values[name] = shown;
  }
  if (problems.length === 0) return values;
  throw new ConfigError(`Invalid settings in ${path}:\n  ${problems.join('\n  ')}`);
}

/** Throws ConfigError. */
function parseObject(path: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new ConfigError(`${path}: expected a JSON object of settings, such as { "port": 4000 }`);
}

/** A JSON value as the text of an environment variable; undefined for other types. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isList = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  return isList ? value.join(',') : undefined;
}
