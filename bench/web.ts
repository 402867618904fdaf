import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { startServerProcess } from '../test/server-process.ts';

/** `npm run bench -- web`: the studio's code, its first paint and what it asks for while nothing happens. */

const BUDGET = { allCode: 200, firstView: 135, firstPaint: 1000 };
const IDLE = 20_000;

const folder = join(import.meta.dirname, '../dist/web');
const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|css|html)$/.test(name));
const sizes = await Promise.all(
  files.map(async (name) => gzipSync(await readFile(join(folder, name))).byteLength),
);
const kilobytes = (bytes: number) => Number((bytes / 1000).toFixed(1));
const allCode = kilobytes(sizes.reduce((a, b) => a + b, 0));

const data = await mkdtemp(join(tmpdir(), 'latentql-web-'));
const server = await startServerProcess({ DATA_DIR: join(data, 'data'), MODELS_DIR: join(data, 'models') });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const loaded = new Map<string, number>();
  page.on('response', (response) => {
    if (!/\.(js|css)$|\/$/.test(response.url())) return;
    void response.body().then((body) => loaded.set(response.url(), gzipSync(body).byteLength));
  });
  await page.goto(server.url);
  await page.getByText('Drop a picture here').waitFor();
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
  );
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          resolve(
            list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0),
          );
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => {
          resolve(0);
        }, 500);
      }),
  );
  let idle = 0;
  page.on('request', () => idle++);
  await page.waitForTimeout(IDLE);
  const firstView = kilobytes([...loaded.values()].reduce((a, b) => a + b, 0));
  console.table([
    { what: 'code in all, gzip', value: `${allCode} kB`, budget: `${BUDGET.allCode} kB` },
    { what: 'first view, gzip', value: `${firstView} kB`, budget: `${BUDGET.firstView} kB` },
    { what: 'first contentful paint', value: `${Math.round(paint)} ms`, budget: `${BUDGET.firstPaint} ms` },
    { what: 'layout shift', value: shift.toFixed(3), budget: '0' },
    { what: `requests in ${IDLE / 1000} s of idleness`, value: idle, budget: 0 },
  ]);
} finally {
  await browser.close();
  await server.end('SIGTERM');
  await rm(data, { recursive: true });
}
