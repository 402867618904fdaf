import type { Command } from 'commander';
import { ConfigError, readConfig } from '../config.ts';
import { addKey, keyFileOf, readKeyFile, revokeKey } from '../keys/key-file.ts';
import { type Key, type Role, ROLES, whyRefused } from '../keys/key.ts';
import { milliseconds } from '../setting-values.ts';
import { EXIT, ending } from './exit.ts';
import { applySettings, takeSettings } from './setting-flags.ts';
import { table } from './table.ts';

/** `keys add`, `keys list` and `keys revoke`. */
export function addKeys(program: Command): void {
  const keys = program.command('keys').description('API keys; running servers notice changes at once');

  const add = keys
    .command('add <name>')
    .description('creates a key and prints it; only its hash is kept')
    .option('--role <role>', `one of ${ROLES.join(', ')}`, 'submit')
    .option('--expires <time>', 'a date or a duration, such as 2027-01-31 or 30d')
    .option('--prioritize', 'its jobs may have a priority above 0')
    .option('--of <key>', 'it shares the jobs of another key');
  takeSettings(add, ['DATA_DIR']).action(
    ending(
      async (name: string, options: { role: string; expires?: string; prioritize?: true; of?: string }) => {
        const now = Date.now();
        const made = await addKey(
          dataDirOf(add),
          {
            name,
            role: roleOf(options.role),
            expiresAt: options.expires === undefined ? null : endOf(options.expires, now),
            mayPrioritize: options.prioritize ?? false,
            of: options.of,
          },
          now,
        );
        console.log(made);
        return EXIT.done;
      },
    ),
  );

  const list = keys.command('list').description('lists the keys with their roles, expiry and owners');
  takeSettings(list, ['DATA_DIR']).action(() => {
    console.log(listed(readKeyFile(keyFileOf(dataDirOf(list))) ?? [], Date.now()));
  });

  const revoke = keys.command('revoke <name>').description('revokes a key at once');
  takeSettings(revoke, ['DATA_DIR']).action(async (name: string) => {
    await revokeKey(dataDirOf(revoke), name, Date.now());
    console.log(`${name} is revoked`);
  });
}

/** Files created from here on are readable only by this user. */
function dataDirOf(command: Command): string {
  process.umask(0o077);
  applySettings(command);
  return readConfig(process.env).dataDir;
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role) return role;
  throw new ConfigError(`--role: expected one of ${ROLES.join(', ')}, got ${JSON.stringify(text)}`);
}

/** The expiry of a key: a date, a time, or a duration from now. */
function endOf(text: string, now: number): number {
  const span = milliseconds(text);
  const isDate = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text);
  const end = span > 0 ? now + span : isDate ? Date.parse(text) : NaN;
  if (end > now && end < Date.UTC(10_000)) return end;
  const expected = 'expected a time in the future, such as 2027-01-31, 2027-01-31T12:00:00Z, 12h or 30d';
  throw new ConfigError(`--expires: ${expected}, got ${JSON.stringify(text)}`);
}

/** One line for each key. */
function listed(keys: readonly Key[], now: number): string {
  if (keys.length === 0) return 'There are no keys.';
  const day = (time: number | null) => (time === null ? 'never' : new Date(time).toISOString().slice(0, 16));
  const rows = keys.map((key) => [
    key.name,
    key.role + (key.mayPrioritize ? ', may prioritize' : ''),
    whyRefused(key, now) ?? 'valid',
    day(key.createdAt),
    day(key.expiresAt),
    key.owner ?? '–',
  ]);
  return table([['name', 'role', 'state', 'created', 'expires', 'owner in the log'], ...rows]);
}
