import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:cuda`: the CUDA provider without a card, over a runtime that computes nothing; needs the npm registry, gcc and binutils. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/cuda/**/*.cuda.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
