import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerProcess } from '../server-process.ts';
import { launchChromium } from './playground.ts';
import { drop, EXAMPLE, JOB_TIME, openStudio, startStudio, violations } from './studio-page.ts';

describe('a result in the studio', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-result-'));
    server = await startStudio(folder);
    browser = await launchChromium();
    page = await openStudio(browser, server.url, { problems });
    await drop(page, EXAMPLE, 'meadow.png');
    await page.getByText('256 × 256, used whole').waitFor();
    await page.locator('#prompt').fill('the sea at sunset, a red boat');
    await page.locator('.make-button').click();
    await page.locator('.tile[aria-current="true"][data-status="SUCCEEDED"]').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const stage = () => page.getByRole('main', { name: 'Picture' });

  it('offers the result in four formats, each with the size of its file', async () => {
    await stage().getByLabel('Download', { exact: true }).click();
    const formats = stage().locator('a[download]');
    await expect.poll(() => formats.getByText(/\d+(\.\d)? kB$/).count()).toBe(4);
    for (const one of await formats.all()) {
      const address = new URL((await one.getAttribute('href'))!, page.url());
      const { byteLength } = await (await fetch(address)).arrayBuffer();
      expect(await one.textContent()).toContain(`${(byteLength / 1000).toFixed(1)} kB`);
    }
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('compares the result with its source by keys alone', async () => {
    await page.getByRole('radio', { name: 'Compare' }).check();
    const slider = page.getByRole('slider', { name: 'Before and after' });
    await slider.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await slider.inputValue()).toBe('61');
    expect(await stage().locator('.result').getAttribute('style')).toContain('inset(0px 0px 0px 61%)');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('radio', { name: 'Result' }).check();
  });

  it('enlarges the result around the pointer, moves it, and shows all of it again', async () => {
    const { x, y, width, height } = (await stage().locator('.finished').boundingBox())!;
    const place = async () => (await stage().locator('.result').boundingBox())!;
    const whole = await place();
    const fit = stage().getByRole('button', { name: /^Fit \(/ });
    await page.mouse.dblclick(x + width / 4, y + height / 4);
    await fit.waitFor();
    const enlarged = await place();
    expect(enlarged).toMatchObject({ width: 2 * width, height: 2 * height });
    expect(enlarged.x).toBeCloseTo(x - width / 4, 0); // what was pressed stays where it is
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 - 40, y + height / 2 - 30, { steps: 3 });
    await page.mouse.up();
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 3 });
    expect(await place()).toMatchObject({ x: enlarged.x - 40, y: enlarged.y - 30 });
    expect(await violations(page)).toEqual([]);
    await fit.click();
    expect(await place()).toEqual(whole);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.wheel(0, -200);
    await expect.poll(async () => (await place()).width).toBeGreaterThan(1.5 * width);
    await page.keyboard.press('0');
    await expect.poll(place).toEqual(whole);
    await page.keyboard.press('+');
    await expect.poll(async () => (await place()).width).toBeCloseTo(1.5 * width, 0);
    await page.mouse.dblclick(x + width / 2, y + height / 2);
    await expect.poll(place).toEqual(whole);
  });

  it('shows every setting of the job, and takes its source for the next one', async () => {
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('.tile').first().click();
    const more = stage().locator('.menu summary[aria-label="More"]');
    await more.click();
    await stage().getByRole('button', { name: 'Show its settings' }).click();
    const dialog = page.getByRole('dialog', { name: 'Settings of this job' });
    await dialog.waitFor();
    const lines = await dialog.locator('.changes > div').allInnerTexts();
    expect(lines.map((line) => line.replace(/\s*\n\s*/, ': '))).toEqual(
      expect.arrayContaining([
        ...['Prompt: the sea at sunset, a red boat', 'Model: starter', 'Denoise strength: 0.75'],
        ...['Width: 256', 'Height: 256', 'Sampler: euler', 'Source picture: 256 × 256'],
      ]),
    );
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Use its source picture' }).click();
    await page.locator('.source-name').getByText('Earlier source').waitFor();
    await page.getByText('256 × 256, used whole').waitFor();
    await drop(page, EXAMPLE, 'meadow.png');
    await page.locator('.source-name').getByText('meadow.png').waitFor();
  });

  it('meets no error', () => {
    expect(problems).toEqual([]);
  });
});
