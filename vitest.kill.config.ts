import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:kill`: a hundred kills of the compiled server; minutes. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/kill/**/*.test.ts'],
    env: { KILL_ROUNDS: process.env['KILL_ROUNDS'] ?? '108', LATENTQL_MAIN: 'dist/main.js' },
  },
});
