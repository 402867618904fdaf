import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Builds the studio where it is missing or older than its sources; `npm start` runs this first (see start.js). */

const root = join(import.meta.dirname, '..');
const built = join(root, 'dist/web/index.html');

/** When a folder's newest file was changed. */
const changed = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));

const isThere = existsSync(built);
if (existsSync(join(root, 'web')) && !(isThere && statSync(built).mtimeMs > changed(join(root, 'web')))) {
  try {
    process.env.NODE_ENV = 'production'; // a test runner's would bring React's checks along, and half as much code again
    const { build } = await import('vite');
    await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
  } catch (error) {
    // The API works without its page, which then says what to do.
    console.error(`The studio could not be built: ${error.message}`);
    if (error.code !== 'ERR_MODULE_NOT_FOUND') process.exitCode = 1;
  }
}
