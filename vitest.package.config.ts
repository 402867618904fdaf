import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:package`: the package as users install it, on every supported version of Node; needs the npm registry. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/package/**/*.package.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});
