import { ConfigError } from '../config.ts';
import { milliseconds } from '../setting-values.ts';
import { addKey, keyFileOf, readKeyFile, revokeKey } from './key-file.ts';
import { type Key, type Role, ROLES, whyRefused } from './key.ts';

/** What may be said of a key on the command line. */
export interface KeyOptions {
  readonly role?: string | undefined;
  readonly expires?: string | undefined;
  readonly prioritize?: boolean | undefined;
  readonly of?: string | undefined;
}

/** Runs `keys add`, `keys list` or `keys revoke`; returns what to print, undefined for other words. Throws ConfigError. */
export async function keysCommand(
  [verb, name, ...more]: readonly string[],
  options: KeyOptions,
  dataDir: string,
  now = Date.now(),
): Promise<string | undefined> {
  if (more.length > 0) return undefined;
  if (verb === 'list' && name === undefined) return listed(readKeyFile(keyFileOf(dataDir)) ?? [], now);
  if (name === undefined) return undefined;
  if (verb === 'revoke') {
    await revokeKey(dataDir, name, now);
    return `${name} is revoked`;
  }
  if (verb !== 'add') return undefined;
  return addKey(
    dataDir,
    {
      name,
      role: roleOf(options.role ?? 'submit'),
      expiresAt: options.expires === undefined ? null : endOf(options.expires, now),
      mayPrioritize: options.prioritize ?? false,
      of: options.of,
    },
    now,
  );
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role) return role;
  throw new ConfigError(`--role: expected one of ${ROLES.join(', ')}, got ${JSON.stringify(text)}`);
}

/** The end of a key: a day or a time, or a span from now. */
function endOf(text: string, now: number): number {
  const span = milliseconds(text);
  const isDate = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text);
  const end = span > 0 ? now + span : isDate ? Date.parse(text) : NaN;
  if (end > now && end < Date.UTC(10_000)) return end;
  const expected = 'expected a time to come, such as 2027-01-31, 2027-01-31T12:00:00Z, 12h or 30d';
  throw new ConfigError(`--expires: ${expected}, got ${JSON.stringify(text)}`);
}

/** One line for each key. */
function listed(keys: readonly Key[], now: number): string {
  if (keys.length === 0) return 'There are no keys.';
  const day = (time: number | null) => (time === null ? 'never' : new Date(time).toISOString().slice(0, 16));
  const rows = keys.map((key) => [
    key.name,
    key.role + (key.mayPrioritize ? ', may prioritize' : ''),
    whyRefused(key, now) ?? 'taken',
    day(key.createdAt),
    day(key.expiresAt),
  ]);
  const table = [['name', 'role', 'state', 'made', 'expires'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
