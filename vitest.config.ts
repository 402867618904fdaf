import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MALLOC_SETTINGS } from './src/engine/engine-process.ts';

// Workers run networks in their own processes, with an engine process's memory settings: a sixth of the time.
Object.assign(process.env, MALLOC_SETTINGS);

/** What every suite has. */
export const shared = defineConfig({
  resolve: {
    alias: [
      // Node itself loads graphql's main file; a second copy from its ES module would not recognise the first one's errors.
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      {
        find: /^.*\/child-modules\.ts$/,
        replacement: fileURLToPath(new URL('test/compiled-children.ts', import.meta.url)),
      },
    ],
  },
  test: {
    globalSetup: ['test/compile-package.ts'],
    setupFiles: ['test/environment-kept.ts'],
    env: {
      LATENTQL_MAIN: process.env['LATENTQL_MAIN'] ?? 'out/compiled/dist/main.js',
      ORT_DISABLE_TELEMETRY: '1', // as the engine sets it: a file that loads it leaves nothing changed
    },
    // Files run one after the other on two cores: the engine under test uses both.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } }, // a busy machine needs more than Vitest's second
  },
});

/** `npm test`: what needs no server from outside. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['test/**/*.test.ts'],
    exclude: ['test/kill/**', 'test/end-to-end/**'], // test:kill and test:end-to-end
    // A module is loaded once for all files of a worker: no test replaces one or leaves it changed.
    isolate: false,
  },
});
