import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

describe('GraphiQL as the server serves it', () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-browser-'));
    server = await startServerProcess({ DATA_DIR: join(folder, 'data'), MODELS_DIR: join(folder, 'models') });
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
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

  /**
   * Opens a tab, runs its operation as it stands and waits until the response shows `text`. For half a second after a change of
   * tabs GraphiQL still holds the last tab's operation name; it then sends nothing and says so, and a person clicks again.
   */
  async function run(tab: string, text: string): Promise<void> {
    // By keyboard: the tabs can be dragged, and slide into place for as long as the machine is busy.
    await page.locator('.graphiql-tab-button', { hasText: tab }).press('Enter');
    await page.locator('.graphiql-tab-active', { hasText: tab }).waitFor();
    const result = (shown: string) => page.locator('.result-window', { hasText: shown });
    const tooEarly = result('Cannot infer operation');
    do {
      await page.locator('.graphiql-execute-button').click();
      await result(text).or(tooEarly).waitFor();
    } while (await tooEarly.isVisible());
  }

  it('lists the models in its first tab', async () => {
    await run('Models', 'majicmixRealistic_betterV6');
  });

  it('starts a job in its second tab', async () => {
    await run('Img2Img', 'QUEUED');
  });

  it('follows that job over WebSocket in its third tab, up to the images', async () => {
    await run('Progress', 'Img2ImgCompleted');
    expect(requests.filter((url) => url.startsWith('ws:'))).not.toEqual([]);
  });

  it('asks nobody but its own server, and meets no error', () => {
    const { host } = new URL(server.url);
    expect(requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== host)).toEqual([]);
    expect(problems).toEqual([]);
  });
});
