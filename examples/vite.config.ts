import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** A running server; its paths are served from here too, so that pages and API have one origin. */
const target = process.env['LATENTQL_URL'] ?? 'http://127.0.0.1:4000';
const proxy = { '/graphql': { target, ws: true }, '/images': target, '/example.png': target };

const PAGES = ['react-urql', 'react-apollo', 'react-relay', 'vue', 'fetch-sse'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  server: { proxy },
  preview: { proxy },
  build: {
    rolldownOptions: {
      input: Object.fromEntries(PAGES.map((page) => [page, join(import.meta.dirname, page, 'index.html')])),
    },
  },
});
