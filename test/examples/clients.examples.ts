import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../browser/playground.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const PICTURE = join(import.meta.dirname, '../../assets/example.png');

/** A job of the bundled model, on a machine that does other work too. */
const JOB_TIME = 240_000;

const run = promisify(execFile);

describe('the examples', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let pages: PreviewServer;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-examples-'));
    server = await startServerProcess({ DATA_DIR: join(folder, 'data'), MODELS_DIR: join(folder, 'models') });
    vi.stubEnv('LATENTQL_URL', server.url); // the pages' proxy looks for it
    const options = {
      configFile: join(EXAMPLES, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: join(folder, 'pages') },
    } as const;
    await build(options);
    pages = await preview({ ...options, preview: { port: 0, host: '127.0.0.1' } });
    browser = await launchChromium();
    page = await browser.newPage();
    page.setDefaultTimeout(JOB_TIME);
    page.on('pageerror', (error) => problems.push(error.message));
  }, JOB_TIME);
  afterAll(async () => {
    await browser.close();
    await pages.close();
    await server.end('SIGTERM');
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['curl', 'sh', 'curl/img2img.sh'],
    ['python', 'python3', 'python/img2img.py'],
  ])('%s makes a picture from a file', async (name, program, script) => {
    const out = join(folder, `${name}.png`);
    await run(program, [join(EXAMPLES, script), PICTURE, 'a green meadow at day, a red house', out], {
      env: { ...process.env, LATENTQL_URL: server.url, STEPS: '4' },
    });
    const { width, height } = await sharp(await readFile(out)).metadata();
    expect([width, height]).toEqual([256, 256]);
  });

  /** Makes a picture on the page of an example, with a preview on the way. */
  async function makeOn(name: string): Promise<void> {
    await page.goto(`${pages.resolvedUrls!.local[0]!}${name}/`);
    await page.getByRole('button', { name: 'Make picture' }).click();
    await page.getByRole('img', { name: 'Live preview' }).waitFor();
    const result = page.getByRole('img', { name: 'Result' });
    await result.waitFor();
    expect(
      await result.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
    ).toBe(256);
    expect(problems).toEqual([]);
  }

  it('fetch-sse shows previews and the result', () => makeOn('fetch-sse'));

  it.each(['react-urql', 'react-apollo', 'react-relay', 'vue'])(
    '%s shows previews and the result; its cache knows how the job ended, and takes page after page',
    async (name) => {
      await makeOn(name);
      await page.getByRole('listitem').filter({ hasText: 'SUCCEEDED' }).waitFor();
      expect(await page.getByRole('listitem').count()).toBe(1);
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('listitem').nth(1).waitFor();
      expect(await page.getByRole('listitem').count()).toBe(2);
    },
  );

  it('keep what relay-compiler makes of the schema', async () => {
    const compiler = join(EXAMPLES, 'node_modules/.bin/relay-compiler');
    await run(compiler, ['--validate'], { cwd: join(EXAMPLES, 'react-relay') });
  });
});
