import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { launchChromium, runTab } from './playground.ts';

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
    browser = await launchChromium();
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

  it('lists the models in its first tab', async () => {
    await runTab(page, 'Models', 'majicmixRealistic_betterV6');
  });

  it('starts a job in its second tab', async () => {
    await runTab(page, 'Img2Img', 'QUEUED');
  });

  it('follows that job over WebSocket in its third tab, up to the images', async () => {
    await runTab(page, 'Progress', 'Img2ImgCompleted');
    expect(requests.filter((url) => url.startsWith('ws:'))).not.toEqual([]);
  });

  it('asks nobody but its own server, and meets no error', () => {
    const { host } = new URL(server.url);
    expect(requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== host)).toEqual([]);
    expect(problems).toEqual([]);
  });
});
