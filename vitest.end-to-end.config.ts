import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:end-to-end`: servers as processes and their clients, from a request to the picture or the refusal; a few minutes. */
export default defineConfig({
  ...config,
  test: { ...config.test, include: ['test/end-to-end/**/*.test.ts'] },
});
