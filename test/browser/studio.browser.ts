import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerProcess } from '../server-process.ts';
import { launchChromium } from './playground.ts';
import { drop, EXAMPLE, JOB_TIME, openStudio, violations, startStudio } from './studio-page.ts';

/** Bytes of code, gzipped, that the page may load before its first job, with a job on the stage, and in all. */
const FIRST_VIEW = 132_000;
const WITH_A_JOB = 137_500;
const ALL_CODE = 200_000;

const isCode = (url: string): boolean => /\.(js|css)$|\/$/.test(url);

/** Bytes of these files, gzipped as they are sent. */
async function sizeOf(urls: Iterable<string>): Promise<number> {
  const sizes = [...new Set(urls)].filter(isCode).map(async (url) => {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    return gzipSync(bytes, { level: 9 }).byteLength;
  });
  return (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
}

describe('the studio', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-studio-'));
    server = await startStudio(folder);
    browser = await launchChromium();
    page = await openStudio(browser, server.url, { requests, problems });
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const make = () => page.locator('.make-button');
  const stage = () => page.getByRole('main', { name: 'Picture' });
  const tiles = () => page.locator('.strip .tile');

  it('opens empty, with the bundled model and a place to drop a picture', async () => {
    await page.getByText('Drop a picture here').waitFor();
    await page.getByText('Your pictures appear here.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.waitForLoadState('networkidle');
    expect(await sizeOf(requests)).toBeLessThan(FIRST_VIEW);
  });

  it('turns a dropped picture into another one, with live previews over the source', async () => {
    await drop(page, EXAMPLE, 'meadow.png');
    await page.getByText('256 × 256, used whole').waitFor();
    await stage().getByRole('img', { name: 'Source: meadow.png' }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.locator('#prompt').fill('the sea at sunset, a red boat');
    await make().click();
    await page.getByText('Live preview').waitFor();
    await page.getByRole('img', { name: /^Live preview after step \d+: the sea/ }).waitFor();
    const bar = page.getByRole('progressbar');
    await bar.and(page.locator('[aria-valuetext^="Step"]')).waitFor();
    expect(await violations(page)).toEqual([]);

    const result = page.getByRole('img', { name: 'Result: the sea at sunset, a red boat' });
    await result.waitFor();
    expect(
      await result.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
    ).toBe(256);
    await page
      .getByText(/^Done in/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('survives a reload in mid-job: words, source, job and previews are there again', async () => {
    await page.locator('#prompt').fill('a green meadow at day, a red house');
    await page.getByText('More settings').click();
    await page.locator('#steps').fill('60'); // on a fast machine 20 end before a page is there again
    await page.getByText('More settings').click();
    await make().click();
    await page.getByText('Live preview').waitFor();
    await page.reload();
    await page.getByText('Live preview').waitFor();
    expect(await page.locator('#prompt').inputValue()).toContain('a red house');
    await page.getByText('meadow.png').waitFor();
  });

  it('cancels the job that it stands on, and no other', async () => {
    await make().click();
    await page.locator('.tile[data-status="QUEUED"]').waitFor();
    await stage().getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.tile[data-status="CANCELED"]').waitFor();
    await page
      .getByText(/^Canceled at step/)
      .first()
      .waitFor();
    expect(await page.locator('.tile[data-status="CANCELED"]').count()).toBe(1);
    await page.locator('.tile[data-status="RUNNING"]').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('survives a restart of the server in mid-job, and says what happens', async () => {
    await page.locator('.tile[data-status="RUNNING"]').click();
    await page.getByText('Live preview').waitFor();
    const { port } = new URL(server.url);
    await server.end('SIGTERM');
    await page.getByText('The server is restarting.', { exact: false }).first().waitFor();
    expect(await violations(page)).toEqual([]);
    server = await startStudio(folder, port);
    await page.locator('.tile[aria-current="true"][data-status="SUCCEEDED"]').waitFor();
    await page.getByRole('img', { name: /^Result: a green meadow/ }).waitFor();
  });

  it('keeps what was made in the gallery, where it is searched and opened', async () => {
    await page.getByRole('link', { name: 'Gallery' }).click();
    const pictures = page.locator('.gallery-open');
    await pictures.nth(1).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('searchbox').fill('no such words');
    await page.getByText('Nothing matches.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await pictures.nth(1).waitFor();
    await pictures.nth(0).press(' ');
    await pictures.nth(1).press(' ');
    await page.getByRole('button', { name: 'Compare two' }).click();
    await page.getByRole('slider', { name: 'Before and after' }).waitFor();
    await page.goBack();
    await pictures.last().click();
    await page.getByRole('img', { name: /^Result/ }).waitFor();
  });

  it('shows the queue and what the devices do', async () => {
    await page.getByRole('link', { name: /^Queue/ }).click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
    await page.getByText('The queue is empty.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Make', exact: true }).click();
  });

  it('puts an error beside its control, and the focus on it', async () => {
    await page.getByText('More settings').click();
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('latentql.form') ?? '{}') as object;
      localStorage.setItem('latentql.form', JSON.stringify({ ...kept, samplerName: 'no_such_sampler' }));
    });
    await page.reload();
    await make().click();
    await page.getByRole('alert').filter({ hasText: 'no_such_sampler' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Reset to the model’s defaults' }).click();
    await page.getByText('More settings').click();
  });

  it('asks what is wanted of a picture that carries settings, and restores them', async () => {
    const path = join(folder, 'made.png');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('d')]);
    await download.saveAs(path);
    await page.locator('#prompt').fill('something else');
    await drop(page, path, 'made.png');
    await page.getByRole('dialog', { name: 'This picture contains settings' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Restore its settings' }).click();
    expect(await page.locator('#prompt').inputValue()).not.toBe('something else');
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await page.locator('#prompt').inputValue()).toBe('something else');
  });

  it('is used by keyboard alone, from the skip link to the picture', async () => {
    await page.reload();
    await page
      .getByText(/^Done in/)
      .first()
      .waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('the sea at night, a white boat');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByText('Live preview').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page
      .getByText(/^Canceled/)
      .first()
      .waitFor();
  });

  it('fits a phone: the picture on top, the button in reach, nothing to the side', async () => {
    await tiles().last().click();
    await page.setViewportSize({ width: 390, height: 844 });
    const picture = (await page.locator('.picture').boundingBox())!;
    const button = (await make().boundingBox())!;
    expect(picture).toMatchObject({ x: 0, width: 390 });
    expect(picture.y).toBeLessThan(60);
    expect(button.y + button.height).toBeLessThanOrEqual(844);
    expect(button.height).toBeGreaterThanOrEqual(44);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('link', { name: 'Gallery' }).click();
    const pictures = page.locator('.gallery-picture');
    await pictures.nth(1).waitFor();
    const rightOf = (elements: Element[]) =>
      Math.max(...elements.map((element) => element.getBoundingClientRect().right));
    expect(await pictures.evaluateAll(rightOf)).toBeLessThanOrEqual(390 - 16);
    await page.getByRole('link', { name: 'LatentQL' }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('is as readable in the dark, and in Chinese', async () => {
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    expect(await violations(page)).toEqual([]);
    await page.locator('.header summary').click();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('源图片').first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
    expect(await violations(page)).toEqual([]);
  });

  it('asks nobody but its own server, and meets no error', () => {
    const { host } = new URL(server.url);
    expect(requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== host)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('loads little: with a job on the stage, and in all', async () => {
    const fresh = await browser.newPage();
    const loaded: string[] = [];
    fresh.on('response', (response) => loaded.push(response.url()));
    await fresh.goto(server.url);
    await fresh
      .getByText(/^Done in|^Canceled/)
      .first()
      .waitFor();
    expect(await sizeOf(loaded)).toBeLessThan(WITH_A_JOB);
    for (const view of ['?view=gallery', '?view=queue']) {
      await fresh.goto(`${server.url}/${view}`);
      await fresh.getByRole('heading', { level: 1 }).waitFor();
    }
    await fresh.keyboard.press('?');
    await fresh.getByRole('dialog').waitFor();
    expect(await sizeOf(loaded)).toBeLessThan(ALL_CODE);
    await fresh.close();
  });

  it('is silent while nothing happens', async () => {
    await page.getByText(/./).first().waitFor();
    const before = requests.length;
    const answered = page.waitForEvent('request', { timeout: 5000 }).catch(() => 'none');
    expect(await answered).toBe('none');
    expect(requests).toHaveLength(before);
  });
});
