import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

/**
 * `npm start` builds the studio if it is missing, in a separate process whose memory is released, then runs
 * the command `latentql`. A `prestart` script would not run, because `ignore-scripts` in .npmrc disables
 * those as well.
 */
spawnSync(process.execPath, [join(import.meta.dirname, 'build-studio.js')], { stdio: 'inherit' });
createRequire(import.meta.url)('../bin/latentql.cjs');
