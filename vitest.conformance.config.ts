import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:conformance`: every recorded vector, on the CPU and as networks are written for accelerators, features combined, and the command; minutes. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/**/*.conformance.ts'],
    hookTimeout: 1_200_000,
    testTimeout: 1_200_000, // against one that never ends: a loaded machine takes three times as long
  },
});
