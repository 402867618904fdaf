import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** A server that is running, for `npm run dev:studio`. */
const server = process.env['LATENTQL_URL'] ?? 'http://127.0.0.1:4000';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

/** What the studio asks for, by hash: a server of trusted documents runs these beside its manifest. */
const documents: Plugin = {
  name: 'studio-documents',
  generateBundle() {
    const path = join(import.meta.dirname, 'src/api/generated/persisted-documents.json');
    this.emitFile({ type: 'asset', fileName: 'documents.json', source: readFileSync(path) });
  },
};

/** The studio: one page with relative addresses, so that it works below any path. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), documents],
  define: { PAGE_VERSION: JSON.stringify(version) },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'studio',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'index.html'),
        // What the server's playground loads; its page asks for these names.
        playground: join(import.meta.dirname, 'src/playground/main.tsx'),
      },
      output: {
        // What most parts use is one file: thirty small ones are larger compressed, and thirty requests.
        codeSplitting: { groups: [{ name: 'shared', test: /web\/src/, minShareCount: 4 }] },
        entryFileNames: ({ name }) => (name === 'playground' ? '[name].js' : 'studio/[name]-[hash].js'),
        assetFileNames: ({ names }) =>
          names.includes('playground.css') ? '[name][extname]' : 'studio/[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/images': server,
      '/example.png': server,
      '/ready': server,
      '/playground.js': server,
      '/playground.css': server,
    },
  },
});
