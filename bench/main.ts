import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** `npm run bench -- <name> [arguments]` runs `bench/<name>.ts`; without a name, `all`. */

const given = process.argv.slice(2);
const [name = 'all', ...args] = given[0]?.startsWith('-') === true ? ['all', ...given] : given;
const benches = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3));
if (!benches.includes(name)) {
  console.error(`usage: npm run bench -- ${benches.join('|')} [arguments]`);
  process.exitCode = 2;
} else {
  process.argv = [process.argv[0]!, join(import.meta.dirname, `${name}.ts`), ...args];
  await import(`./${name}.ts`);
}
