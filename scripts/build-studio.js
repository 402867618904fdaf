import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Builds the studio if it is missing or older than its sources. `npm start` runs this first (see start.js).
 */

const root = join(import.meta.dirname, '..');
const built = join(root, 'dist/web/index.html');

/** Modification time of the newest file in a folder. */
const changed = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));

const isThere = existsSync(built);
if (existsSync(join(root, 'web')) && !(isThere && statSync(built).mtimeMs > changed(join(root, 'web')))) {
  try {
    process.env.NODE_ENV = 'production'; // a test runner's value would include React's development checks, half as much code again
    const { build } = await import('vite');
    await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
  } catch (error) {
    // The API works without the page, which then shows what to do.
    console.error(`The studio could not be built: ${error.message}`);
    if (error.code !== 'ERR_MODULE_NOT_FOUND') process.exitCode = 1;
  }
}
