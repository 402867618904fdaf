import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MALLOC_SETTINGS } from '../src/engine/engine-process.ts';

/**
 * `npm run bench -- <name> [arguments]` runs `bench/<name>.ts`; without a name, `all`. It runs in a process with
 * an engine process's malloc settings, because some benches run networks themselves.
 */

const given = process.argv.slice(2);
const [name = 'all', ...args] = given[0]?.startsWith('-') === true ? ['all', ...given] : given;
const benches = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3));
if (!benches.includes(name)) {
  console.error(`usage: npm run bench -- ${benches.join('|')} [arguments]`);
  process.exitCode = 2;
} else {
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, `${name}.ts`), ...args],
    { stdio: 'inherit', env: { ...MALLOC_SETTINGS, ...process.env } },
  );
  process.exitCode = status ?? 1;
}
