import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:end-to-end`: what shapes a picture, each from a client over HTTP to the picture; a few minutes. */
export default defineConfig({
  ...config,
  test: { ...config.test, include: ['test/end-to-end/**/*.test.ts'] },
});
