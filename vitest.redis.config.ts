import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:redis`: what needs a redis-server, Debian's or the one that REDIS_SERVER names. */
export default defineConfig({
  ...config,
  test: { ...config.test, include: ['test/redis/**/*.redis.ts'] },
});
