import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

/**
 * `npm start`: builds the studio where it is missing, in a process of its own whose memory is given back, then runs the command
 * `latentql`. A `prestart` script would not run: `ignore-scripts` in .npmrc turns those off, too.
 */
spawnSync(process.execPath, [join(import.meta.dirname, 'build-studio.js')], { stdio: 'inherit' });
createRequire(import.meta.url)('../bin/latentql.cjs');
