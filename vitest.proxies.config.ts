import { defineConfig } from 'vitest/config';
import { shared as config } from './vitest.config.ts';

/** `npm run test:proxies`: what needs nginx, Caddy, haproxy, openssl and a Chromium (see `CHROMIUM` in test/browser). */
export default defineConfig({
  ...config,
  test: { ...config.test, include: ['test/proxies/**/*.proxies.ts'] },
});
