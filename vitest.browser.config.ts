import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:browser`: what needs a Chromium, at /usr/bin/chromium or where CHROMIUM says. */
export default defineConfig({
  ...config,
  test: {
    fileParallelism: false, // each has an engine that uses both cores
    ...config.test,
    expect: { poll: { timeout: 120_000 } },
    hookTimeout: 240_000, // a server and a browser start, and a page opens, where the machine has other work
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/compile-package.ts', 'test/browser/build-studio.ts'],
  },
});
