import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type Page } from 'playwright-core';
import { setup } from '../test/browser/build-studio.ts';
import { startServerProcess } from '../test/server-process.ts';

/**
 * `npm run bench -- web` measures the size of the studio's code, the time until it paints and until it shows
 * a changing picture, and the traffic of an idle page. Exits with 1 if a budget is exceeded.
 */

/** Seconds for which an idle page is observed: longer than two pings of the WebSocket. */
const IDLE = Number(process.env['IDLE_SECONDS'] ?? 60);

interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly most?: number;
}

const kilobytes = (bytes: number): number => bytes / 1000;
const zipped = (bytes: Buffer): number => gzipSync(bytes).byteLength;

setup(); // builds the studio where it is missing or old
const data = await mkdtemp(join(tmpdir(), 'latentql-web-'));
const begun = performance.now();
const server = await startServerProcess({ DATA_DIR: join(data, 'data'), MODELS_DIR: join(data, 'models') });
const ready = performance.now() - begun;
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
try {
  const rows: Row[] = [
    { what: 'code in all, gzip', value: kilobytes(await codeInAll()), unit: 'kB', most: 200 },
    { what: 'start of the server to its page', value: ready, unit: 'ms' },
    ...(await firstView(browser)),
    ...(await firstPicture(browser)),
  ];
  console.table(
    rows.map(({ what, value, unit, most }) => ({
      what,
      value: `${Number(value.toFixed(unit === '' ? 3 : 1))} ${unit}`,
      budget: most === undefined ? '' : `${most} ${unit}`,
    })),
  );
  console.log(`load ${loadavg()[0]!.toFixed(1)}`);
  if (rows.some(({ value, most = Infinity }) => value > most)) process.exitCode = 1;
} finally {
  await browser.close();
  await server.end('SIGTERM');
  await rm(data, { recursive: true });
}

/** Bytes of all scripts, styles and pages, including the playground's. */
async function codeInAll(): Promise<number> {
  const folder = join(import.meta.dirname, '../dist/web');
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|css|html)$/.test(name));
  const sizes = await Promise.all(files.map(async (name) => zipped(await readFile(join(folder, name)))));
  return sizes.reduce((a, b) => a + b, 0);
}

/**
 * Measures what the page loads before any interaction, when it paints, layout shifts, and its traffic while
 * idle.
 */
async function firstView(by: Browser): Promise<Row[]> {
  const other = await by.newPage(); // a user's browser has connected to something before
  await other.goto(new URL('/health', server.url).href);
  await other.close();
  const page = await by.newPage({ viewport: { width: 1440, height: 900 } });
  const loaded: Promise<number>[] = [];
  page.on('response', (response) => {
    if (/\.(js|css)$|\/$/.test(response.url())) loaded.push(response.body().then(zipped));
  });
  const socket = countFrames(page);
  await page.goto(server.url);
  await page.getByText('Drop a picture here').waitFor();
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
  );
  await page.waitForLoadState('networkidle'); // late resources may still shift the layout
  await page.waitForTimeout(2000);
  const shift = await page.evaluate(layoutShift);
  const code = (await Promise.all(loaded)).reduce((a, b) => a + b, 0);
  let requests = 0;
  page.on('request', () => requests++);
  const before = { ...socket };
  await page.waitForTimeout(IDLE * 1000);
  const [frames, bytes] = [socket.frames - before.frames, socket.bytes - before.bytes];
  await page.close();
  return [
    { what: 'first view, gzip', value: kilobytes(code), unit: 'kB', most: 135 },
    { what: 'first contentful paint', value: paint, unit: 'ms', most: 1000 },
    { what: 'layout shift', value: shift, unit: '', most: 0 },
    { what: `idle for ${IDLE} s: requests`, value: requests, unit: '', most: 0 },
    // A ping every 15 s and its reply.
    {
      what: `idle for ${IDLE} s: frames of the socket`,
      value: frames,
      unit: '',
      most: 2 * Math.ceil(IDLE / 15),
    },
    { what: `idle for ${IDLE} s: bytes of the socket`, value: bytes, unit: 'B' },
  ];
}

/** Counts frames and bytes of the page's WebSockets from now on. */
function countFrames(page: Page): { frames: number; bytes: number } {
  const count = { frames: 0, bytes: 0 };
  const take = ({ payload }: { payload: string | Buffer }) => {
    count.frames++;
    count.bytes += Buffer.byteLength(payload);
  };
  page.on('websocket', (socket) => socket.on('framesent', take).on('framereceived', take));
  return count;
}

/** The sum of all layout shifts so far. Runs in the page. */
function layoutShift(): Promise<number> {
  return new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => {
      resolve(sum);
    }, 500);
  });
}

/**
 * Times from a click on the button to the first preview and to the result, with the example and the bundled
 * model.
 */
async function firstPicture(by: Browser): Promise<Row[]> {
  const page = await by.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Use the example' }).first().click();
  await page.locator('#prompt').fill('a green meadow at day, a red house');
  await page.getByText('256 × 256, used whole').waitFor();
  const pressed = performance.now();
  await page.locator('.make-button').click();
  await page.getByRole('img', { name: /^Live preview after step/ }).waitFor({ timeout: 600_000 });
  const preview = performance.now() - pressed;
  await page.getByRole('img', { name: /^Result/ }).waitFor({ timeout: 600_000 });
  const result = performance.now() - pressed;
  await page.close();
  return [
    { what: 'press to the first preview', value: preview, unit: 'ms' },
    { what: 'press to the result, 20 steps', value: result, unit: 'ms' },
    { what: 'start of the server to a changing picture', value: ready + preview, unit: 'ms' },
  ];
}
