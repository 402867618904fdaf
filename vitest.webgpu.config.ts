import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** `npm run test:webgpu`: WebGPU on whatever Vulkan driver there is; without a card, Mesa 25 of Debian 13 or of Debian 12's backports. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/webgpu/**/*.webgpu.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 600_000,
  },
});
