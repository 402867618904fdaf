import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import type { ServerProcess } from '../server-process.ts';
import { launchChromium } from './playground.ts';
import { cutTexts, drop, EXAMPLE, JOB_TIME, openStudio, violations, startStudio } from './studio-page.ts';

/** A prompt whose LoRA makes the numbers of the network overflow. */
const WILD = 'a red boat <lora:wild:10>';

describe('the studio, when something is not there', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-away-'));
    server = await startStudio(folder);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const open = () => openStudio(browser, server.url, { problems });

  async function ask<Data>(query: string): Promise<Data> {
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const result = (await answer.json()) as { data: Data };
    expect(result).not.toHaveProperty('errors');
    return result.data;
  }

  /** Kills the engine process as soon as it runs this attempt of the newest job. */
  async function killEngine(attempt: number): Promise<void> {
    const look = () =>
      ask<{
        jobs: { nodes: { status: string; attempts: number }[] };
        engine: { devices: { processId: number | null }[] };
      }>('{ jobs(first: 1) { nodes { status attempts } } engine { devices { processId } } }');
    await expect
      .poll(async () => (await look()).jobs.nodes[0], { timeout: JOB_TIME, interval: 20 })
      .toEqual({ status: 'RUNNING', attempts: attempt });
    process.kill((await look()).engine.devices[0]!.processId!, 'SIGKILL');
  }

  /** Pixels that the page is wider than its window, and lines that its header has beyond the first. */
  const tooMuch = (page: Page) =>
    page.evaluate(() => ({
      toTheSide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      linesOfLinks: Math.max(
        ...[...document.querySelectorAll('.header a')].map((link) => {
          const text = document.createRange();
          text.selectNodeContents(link);
          return new Set([...text.getClientRects()].map(({ bottom }) => Math.round(bottom / 20))).size;
        }),
      ),
    }));

  it('sends what was asked for before the models were known, once they are, and shows no size before', async () => {
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const fresh = await startStudio(join(folder, 'fresh')); // without a job
    const page = await openStudio(browser, fresh.url, {
      problems,
      prepare: async (opened) => {
        await opened.route('**/graphql', async (route) => {
          if (route.request().postData()?.includes('query Models')) await asked;
          await route.continue();
        });
      },
    });
    await drop(page, EXAMPLE, 'meadow.png');
    await page.getByText('As the model sees it').waitFor();
    await page.locator('#prompt').fill('a red boat');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Sending…').waitFor();
    expect(await page.getByText('512 × 512 px').count()).toBe(0);
    answer();
    await page.locator('.strip .tile').waitFor();
    await page.locator('.tile[data-status="SUCCEEDED"]').waitFor();
    expect(await page.getByText(/seed \d+, 256 × 256/).count()).toBe(1);
    await page.close();
    await fresh.end('SIGTERM');
  });

  it('stays, says so and goes on by itself where the server is away and a view is not fetched yet', async () => {
    const page = await open();
    await page.locator('.model-button').waitFor(); // the models are known
    await page.locator('#prompt').fill('a red boat');
    const { port } = new URL(server.url);
    await server.end('SIGKILL');
    await page.getByText('Connection lost.', { exact: false }).first().waitFor();

    await page.locator('.make-button').click();
    await page.getByText('It could not be sent. The server does not answer.').waitFor();
    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByRole('heading', { level: 1, name: 'Gallery' }).waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);

    server = await startStudio(folder, port);
    await page.getByText('Your pictures appear here.').waitFor();
    // Its styles came, too.
    expect(await page.locator('.page').evaluate((view) => getComputedStyle(view).paddingTop)).not.toBe('0px');
    await page.getByRole('link', { name: 'Make' }).click();
    expect(await page.locator('#prompt').inputValue()).toBe('a red boat');
    await page.close();
  });

  it('keeps the form where its code is that of another version, and offers to load the page again', async () => {
    const page = await open();
    await page.locator('#prompt').fill('a red boat');
    await page.route(/queue-.*\.js/, (route) => route.fulfill({ status: 404, body: 'no such file' }));
    await page.getByRole('link', { name: 'Queue' }).click();
    await page.getByText('This page cannot be shown. What you entered is kept.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unroute(/queue-.*\.js/);
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('link', { name: 'Make' }).click();
    expect(await page.locator('#prompt').inputValue()).toBe('a red boat');
    await page.close();
  });

  it('shows two lines of a very long prompt in the queue, and its beginning as the name of the picture', async () => {
    const page = await open();
    await ask('mutation { pauseQueue { __typename } }');
    await page.locator('#prompt').fill('Donaudampfschifffahrtsgesellschaft'.repeat(200));
    await page.locator('.make-button').click();
    const tile = page.locator('.tile[data-status="QUEUED"]');
    await tile.waitFor();
    expect((await tile.getAttribute('aria-label'))!.length).toBeLessThan(220);
    await page.getByRole('link', { name: /^Queue/ }).click();
    const height = await page.locator('.row[data-job]').evaluate((row) => row.getBoundingClientRect().height);
    expect(height).toBeLessThan(140);
    await page.close();
    await ask('mutation { cancelJobs }');
    await ask('mutation { resumeQueue { __typename } }');
  });

  it('says that a picture cannot be loaded, and fits a narrow phone where a job failed', async () => {
    let page = await open();
    await ask('mutation { pauseQueue { __typename } }');
    await drop(page, EXAMPLE, 'meadow.png');
    await page.getByText('256 × 256, used whole').waitFor();
    await page.locator('#prompt').fill('a red boat');
    await page.locator('.make-button').click();
    await page.locator('.tile[data-status="QUEUED"]').waitFor();
    const objects = join(folder, 'data/objects');
    for (const file of await readdir(objects, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) await rm(join(file.parentPath, file.name));
    }
    await ask('mutation { resumeQueue { __typename } }');
    await page.locator('.tile[data-status="FAILED"]').waitFor();
    await page.close();
    page = await open(); // with nothing in its cache
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByText('The source picture is gone.').first().waitFor();
    await page.getByText('This picture could not be loaded.').waitFor();
    expect(await page.locator('.stage img[src]:visible').count()).toBe(0);
    expect(await tooMuch(page)).toEqual({ toTheSide: 0, linesOfLinks: 1 });
    expect(await cutTexts(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    // What helps: the same settings with a source that is there.
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add the picture again' }).click();
    await (await chooser).setFiles(EXAMPLE);
    await page.getByText('256 × 256, used whole').waitFor();
    expect(await page.locator('#prompt').inputValue()).toBe('a red boat');
    await page.close();
  });

  it('says what helps where the device failed in every attempt', async () => {
    const page = await open();
    await page.locator('#prompt').fill('a red boat');
    await page.getByText('More settings').click();
    await page.locator('#steps').fill('150'); // long enough to be met while it runs
    await page.locator('.make-button').click();
    for (const attempt of [1, 2, 3]) await killEngine(attempt);
    await page.locator('.tile[data-status="FAILED"][aria-current="true"]').waitFor();
    const alert = page.locator('.dock').getByRole('alert');
    await alert.getByText('The device failed.', { exact: true }).waitFor();
    await alert.getByText('(3 attempts)').waitFor();
    await alert.getByText('see what the devices report').waitFor();
    await page.getByRole('button', { name: 'Show devices' }).click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
    await page.close();
  });

  it('says what helps where a LoRA made the numbers too large, and keeps the settings in reach', async () => {
    await mkdir(join(folder, 'models/Lora'), { recursive: true });
    await writeFile(join(folder, 'models/Lora/wild.safetensors'), await tinyLora({ size: 1e10 }));
    await ask('mutation { refreshModels { __typename } }');
    const page = await open();
    await page.locator('#prompt').fill(WILD);
    await page.locator('.make-button').click();
    await page.locator('.tile[data-status="FAILED"][aria-current="true"]').waitFor();
    const alert = page.locator('.dock').getByRole('alert');
    await alert.getByText('Sampling diverged.', { exact: true }).waitFor();
    await alert.getByText('the LoRA wild.safetensors (strength 10').waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await tooMuch(page)).toEqual({ toTheSide: 0, linesOfLinks: 1 });
    expect(await cutTexts(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.locator('#prompt').fill('something else');
    await page.locator('.dock .menu summary[aria-label="More"]').click();
    await page.getByRole('button', { name: 'Show its settings' }).click();
    await page.getByRole('dialog').getByText('wild 10', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();
    await page.getByRole('button', { name: 'Change its settings' }).click();
    await expect.poll(() => page.locator('#prompt').inputValue()).toBe('a red boat');
    const strength = page.getByRole('spinbutton', { name: 'Strength of wild', exact: true });
    await expect.poll(() => strength.inputValue()).toBe('10.00');
    await page.close();
  });

  it('says that the chosen model is gone, and which one takes its place', async () => {
    const own = join(folder, 'models/own.safetensors');
    await mkdir(join(folder, 'models'), { recursive: true });
    await copyFile('assets/models/starter.json', join(folder, 'models/own.json'));
    await copyFile('assets/models/starter.safetensors', own);
    await ask('mutation { refreshModels { __typename } }');
    const page = await open();
    await page.locator('#model').click();
    await page.getByRole('dialog').getByText('own', { exact: true }).click();
    await page.locator('#model').getByText('own', { exact: true }).waitFor();
    await rm(own);
    await ask('mutation { refreshModels { __typename } }');
    await page.locator('.make-button').click();
    await page.getByText('own is not installed. Until it is, starter is used.').waitFor();
    await page.locator('#model').getByText('starter', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('meets no error but that of the code that is not there', () => {
    expect(problems.filter((problem) => !problem.includes('queue-'))).toEqual([]);
  });
});
