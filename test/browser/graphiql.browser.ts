import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { launchChromium, runTab } from './playground.ts';
import { EXAMPLE, JOB_TIME, openStudio, violations } from './studio-page.ts';

const KEY = 'a-key-of-the-test-0123456789';

describe('GraphiQL as the server serves it', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const problems: string[] = [];

  const beside = () => page.locator('#beside');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-browser-'));
    server = await startServerProcess({ DATA_DIR: join(folder, 'data'), MODELS_DIR: join(folder, 'models') });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(JOB_TIME); // the test's own; a busy machine needs more than Playwright's
    page.on('request', (request) => requests.push(request.url()));
    page.on('websocket', (socket) => requests.push(socket.url()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.url}/graphql`);
    await page.locator('.graphiql-execute-button').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  it('starts a job in the tab that it opens with, as it stands', async () => {
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window', { hasText: 'QUEUED' }).waitFor();
  });

  it('lists the models in its third tab', async () => {
    await runTab(page, 'Models', 'majicmixRealistic_betterV6');
  });

  it('starts another in its first tab', async () => {
    await runTab(page, 'Img2Img', 'QUEUED');
  });

  it('follows that job over WebSocket in its second tab, up to the images', async () => {
    await page.getByText('Pictures in an answer are shown here.').waitFor();
    await runTab(page, 'Progress', 'Img2ImgStep');
    await beside().locator('img[src^="data:image/webp"]').waitFor();
    await page.locator('.result-window', { hasText: 'Img2ImgCompleted' }).waitFor({ timeout: JOB_TIME });
    expect(requests.filter((url) => url.startsWith('ws:'))).not.toEqual([]);
  });

  it('shows the pictures beside the answer: previews while it runs, then the result', async () => {
    const result = beside().getByRole('img', { name: 'images seed 7' });
    await result.waitFor();
    await expect.poll(() => result.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);
    expect(await beside().getByRole('img').count()).toBe(1);
  });

  it('asks for a file where an upload is run', async () => {
    const chooser = page.waitForEvent('filechooser');
    const ran = runTab(page, 'Upload', 'SourceImage:');
    await (await chooser).setFiles(EXAMPLE);
    await ran;
    await beside().getByRole('img', { name: 'uploadImage image' }).waitFor();
    await beside().getByText('file:example.png').first().waitFor();
  });

  it('prints the defaults of the input in the docs', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).click();
    await page.getByRole('link', { name: 'img2img', exact: true }).click();
    await page.getByRole('link', { name: 'Img2ImgInput' }).first().click();
    await page
      .locator('.graphiql-doc-explorer-content', { hasText: /Steps, 1 to 150\.\s*Default: 20\./ })
      .waitFor();
  });

  it('asks nobody but its own server, and meets no error', () => {
    const { host } = new URL(server.url);
    expect(requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== host)).toEqual([]);
    expect(problems).toEqual([]);
  });
});

describe('GraphiQL where keys are asked for', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-browser-'));
    server = await startServerProcess({
      DATA_DIR: join(folder, 'data'),
      MODELS_DIR: join(folder, 'models'),
      API_KEYS: KEY,
    });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(JOB_TIME); // the test's own; a busy machine needs more than Playwright's
    await page.goto(`${server.url}/graphql/`);
    await page.getByLabel('This server requires an API key.').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  it('asks for a key in the studio, too, in a dialog with its styles, and keeps the page behind it', async () => {
    const studio = await openStudio(browser, server.url, { problems: [] });
    const dialog = studio.getByRole('dialog', { name: 'This server requires an API key.' });
    await dialog.getByLabel('API key').fill('no-such-key-at-all');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByText('The server does not accept this key.').waitFor();
    expect(await violations(studio)).toEqual([]);
    const gap = (form: Element) => getComputedStyle(form).rowGap;
    expect(await dialog.locator('form').evaluate(gap)).toBe('8px'); // its styles come with it, not with another page
    await dialog.getByLabel('API key').fill(KEY);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await studio.getByText('Drop a picture here').waitFor();
    await studio.close();
  });

  it('says that a key is not known', async () => {
    await page.getByLabel('This server requires an API key.').fill('no-such-key-at-all');
    await page.getByRole('button', { name: 'Use it in all tabs' }).click();
    await page.getByLabel('The server does not accept this key.').waitFor();
  });

  it('takes a key once, for HTTP and WebSocket and for every tab', async () => {
    await page.getByLabel('The server does not accept this key.').fill(KEY);
    await page.getByRole('button', { name: 'Use it in all tabs' }).click();
    await page.getByText('It is sent with every tab.').waitFor();
    await runTab(page, 'Models', 'majicmixRealistic_betterV6');
    await runTab(page, 'Img2Img', 'QUEUED');
    await runTab(page, 'Progress', 'Img2ImgStep');
    await page.locator('#beside img').waitFor();
  });
});
