import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Node itself loads graphql's main file; a second copy from its ES module would not recognise the first one's errors.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/kill/**'], // `npm run test:kill`
    // Files run one after the other on two cores: the engine under test uses both.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
