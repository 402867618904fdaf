import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:examples`: the clients in examples/ against a started server; needs a Chromium, a shell with curl, and Python. */
export default defineConfig({
  ...config,
  test: { ...config.test, include: ['test/examples/**/*.examples.ts'] },
});
