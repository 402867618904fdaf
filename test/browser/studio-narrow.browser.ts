import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import type { ServerProcess } from '../server-process.ts';
import { launchChromium } from './playground.ts';
import { cutTexts, drop, EXAMPLE, JOB_TIME, openStudio, startStudio } from './studio-page.ts';

/** Names of 80 characters, as some files have them, one of them without a place to break it. */
const MODEL = 'a_model_with_a_name_that_its_author_could_not_make_shorter_v12_pruned_fp16_ema80';
const LORA = 'Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstellenleiter';
const PICTURE = `${'x'.repeat(76)}.png`;

describe('the studio in a narrow window', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-narrow-'));
    const at = (path: string) => join(folder, 'models', path);
    await mkdir(at('Lora'), { recursive: true });
    for (const end of ['json', 'safetensors']) {
      await copyFile(`assets/models/starter.${end}`, at(`${MODEL}.${end}`));
    }
    const tags = { ss_tag_frequency: JSON.stringify({ a: { [LORA]: 7 } }) };
    await writeFile(at(`Lora/${LORA}.safetensors`), await tinyLora({ size: 0.1, metadata: tags }));
    server = await startStudio(folder);
    browser = await launchChromium();
    page = await openStudio(browser, server.url, {
      problems,
      prepare: async (opened) => {
        await opened.setViewportSize({ width: 320, height: 640 });
        await opened.addInitScript(
          ([model, lora]) => {
            if (localStorage.getItem('latentql.form') !== null) return;
            const form = {
              model,
              loras: [{ name: lora, strength: 1 }],
              steps: 2,
              samplerName: 'dpmpp_2m_sde',
            };
            localStorage.setItem('latentql.form', JSON.stringify(form));
          },
          [MODEL, LORA] as const,
        );
      },
    });
    await drop(page, EXAMPLE, PICTURE);
    await page.getByText('256 × 256, used whole').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  /** What is cut or makes the page wider than its window, at two widths of phones. */
  async function tooWide(): Promise<string[]> {
    const found: string[] = [];
    for (const width of [320, 375]) {
      await page.setViewportSize({ width, height: 640 });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (beyond > 0) found.push(`${width}: ${beyond} pixels to the side`);
      found.push(...(await cutTexts(page)).map((text) => `${width}: ${text}`));
    }
    return found;
  }

  it('breaks long names of models, LoRAs and pictures, with all settings unfolded', async () => {
    for (const title of ['Outpaint', 'Second pass (hires fix)', 'More settings'])
      await page.locator('summary').getByText(title, { exact: true }).click();
    await page.locator('#clipSkip').waitFor();
    await page.locator('summary').getByText('Advanced', { exact: true }).click();
    await page.getByLabel('Enlarge the result').check();
    await page.locator('#upscaleBy').waitFor();
    await page.locator('#variation').fill('0.3');
    expect(await tooWide()).toEqual([]);
  });

  it('breaks them in the list of models, in a job’s settings and below its picture', async () => {
    await page.getByLabel('Enlarge the result').uncheck();
    await page.locator('.make-button').click();
    await page.locator('.tile[data-status="SUCCEEDED"]').waitFor();
    expect(await tooWide()).toEqual([]);
    await page.locator('.dock .menu summary[aria-label="More"]').click();
    expect(await tooWide()).toEqual([]);
    await page.getByRole('button', { name: 'Show its settings' }).click();
    await page.getByRole('dialog').getByText(LORA).waitFor();
    expect(await tooWide()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('#model').click();
    await page.getByRole('dialog').getByText(MODEL).waitFor();
    for (const summary of await page.locator('.missing summary').all()) await summary.click();
    expect(await tooWide()).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('has room for words that are half as long again, without a place to break them', async () => {
    await page.evaluate(() => {
      const texts = document.createTreeWalker(document.querySelector('.make')!, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const words = text.nodeValue!;
        text.nodeValue = words + words.slice(0, Math.ceil(words.length / 2));
      }
    });
    expect(await tooWide()).toEqual([]);
  });

  it('has room for the gallery and the queue', async () => {
    await page.goto(`${server.url}/?view=gallery`);
    await page.locator('.gallery-open').first().waitFor();
    expect(await tooWide()).toEqual([]);
    await page.goto(`${server.url}/?view=queue`);
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
    await page.getByText('CPU', { exact: true }).first().waitFor();
    expect(await tooWide()).toEqual([]);
  });

  it('meets no error', () => {
    expect(problems).toEqual([]);
  });
});
