import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** A server that is running, for `npm run dev:studio`. */
const server = process.env['LATENTQL_URL'] ?? 'http://127.0.0.1:4000';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

/** The studio: one page with relative addresses, so that it works below any path. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  define: { PAGE_VERSION: JSON.stringify(version) },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'studio',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/images': server,
      '/example.png': server,
      '/ready': server,
    },
  },
});
