import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { launchChromium } from './playground.ts';
import { drop, EXAMPLE, JOB_TIME, openStudio, violations } from './studio-page.ts';
import { placeTinyModels } from './tiny-models.ts';

const INPUT = `prompt promptStyle emphasis clipSkip vae { name } extend { left top right bottom feather }
  variation { seed strength } refiner { name switchAt } tiling
  controls { name mode strength end preprocessor cannyLow image { sha256 } }
  upscale { by model { name } denoiseStrength steps }`;

interface NewestJob {
  id: string;
  status: string;
  input: Record<string, unknown>;
  images: { width: number; height: number }[];
}

describe('what a collection has beside checkpoints, in the studio', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-extras-'));
    await placeTinyModels(join(folder, 'models'));
    server = await startServerProcess({
      DATA_DIR: join(folder, 'data'),
      MODELS_DIR: join(folder, 'models'),
      HF_ENDPOINT: 'http://127.0.0.1:9', // nobody listens there
    });
    browser = await launchChromium();
    page = await openStudio(browser, server.url, { problems });
    await page.evaluate(() => {
      const form = { shape: 'other', width: 128, height: 64, isLocked: false, model: 'tiny', steps: 2 };
      localStorage.setItem('latentql.form', JSON.stringify(form));
    });
    await page.reload();
    await drop(page, EXAMPLE, 'meadow.png');
    await page.getByText('cropped to', { exact: false }).first().waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const dialog = () => page.getByRole('dialog');
  const make = () => page.locator('.make-button').click();

  /** Makes a picture and waits for it. */
  async function made(): Promise<NewestJob> {
    const before = await newestJob();
    await make();
    const state = async () => {
      const job = await newestJob();
      return job && job.id !== before?.id ? job.status : 'NOT_SENT';
    };
    await expect.poll(state, { timeout: JOB_TIME }).toBe('SUCCEEDED');
    await page.locator('.tile[aria-current="true"][data-status="SUCCEEDED"]').waitFor();
    return (await newestJob())!;
  }

  async function ask<Data>(query: string): Promise<Data> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { data: Data }).data;
  }

  async function newestJob(): Promise<NewestJob | undefined> {
    const { jobs } = await ask<{ jobs: { nodes: NewestJob[] } }>(
      `{ jobs(first: 1) { nodes { id status input { ${INPUT} } images { width height } } } }`,
    );
    return jobs.nodes[0];
  }

  it('shows the picture beside a model, and beside a missing one why it could not be fetched', async () => {
    await page.locator('#model img').waitFor();
    await page.locator('#model').click();
    await dialog().getByText('dreamshaper_8', { exact: true }).click();
    await dialog().getByText('Licence: CreativeML Open RAIL-M', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog().getByRole('button', { name: 'Download' }).click();
    await dialog().getByRole('alert').getByText('127.0.0.1:9').waitFor();
    await page.keyboard.press('Escape');
  });

  it('adds a ControlNet that suits the model, and says why another does not', async () => {
    await page.getByRole('button', { name: 'Add or remove ControlNets' }).click();
    const other = dialog().getByRole('button', { name: /^of_sdxl/ });
    expect(await other.isDisabled()).toBe(true);
    expect(await other.textContent()).toContain('for SDXL, not for this model');
    expect(await violations(page)).toEqual([]);
    await dialog()
      .getByRole('button', { name: /^edges_canny/ })
      .click();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await page.getByText('Follows the source picture').waitFor();
    await page.getByRole('spinbutton', { name: 'Strength of edges_canny' }).fill('0.5');
    await page.getByRole('spinbutton', { name: 'End, edges_canny' }).fill('0.6');
    await page.getByRole('spinbutton', { name: 'Low threshold, edges_canny' }).fill('50');
    expect(await violations(page)).toEqual([]);
  });

  it('gives a ControlNet a picture of its own, which leaves the source as it is', async () => {
    const place = page.locator('.control [data-drop]');
    await place.locator('input[type=file]').setInputFiles(EXAMPLE);
    await page.getByText('Follows its own picture').waitFor();
    await page.getByRole('button', { name: 'Use the source', exact: true }).click();
    await drop(page, EXAMPLE, 'own.png', '.control [data-drop]');
    await page.getByText('Follows its own picture').waitFor();
    await page.getByText('meadow.png').waitFor();
  });

  it('offers embeddings while one types, and takes one by keys', async () => {
    await page.locator('#prompt').pressSequentially('a house, embedding:du');
    await page.getByRole('option', { name: 'dusk' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    expect(await page.locator('#prompt').inputValue()).toBe('a house, embedding:dusk');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
  });

  it('takes a VAE, another layer of the text encoder and A1111’s syntax', async () => {
    await page.getByText('More settings').click();
    await page.getByRole('radio', { name: 'A1111' }).check();
    await page.getByLabel('Emphasis mode', { exact: true }).selectOption('NO_NORM');
    await page.locator('#clipSkip').fill('2');
    await page.locator('#vae').selectOption('soft');
    await page.locator('#negative').pressSequentially('du');
    await page.getByRole('option', { name: 'dusk' }).click();
    expect(await page.locator('#negative').inputValue()).toBe('dusk');
    expect(await violations(page)).toEqual([]);
  });

  it('takes a variation of the seed, sides that join, and another model for the last steps', async () => {
    await page.locator('#variation').fill('0.3');
    await page.locator('#variationSeed').fill('9');
    await page.locator('#tiling').selectOption({ label: 'left and right edge' });
    await page.locator('#refiner').selectOption('second');
    await page.locator('#refinerSwitchAt').fill('0.5');
    expect(await violations(page)).toEqual([]);
    const hash = async () => {
      const { models } = await ask<{ models: { name: string; hash: string | null }[] }>(
        '{ models { name hash } }',
      );
      return models.find(({ name }) => name === 'second')?.hash;
    };
    await expect.poll(hash).toBeTypeOf('string'); // it is read in the background
  });

  it('makes a larger picture with all of it', async () => {
    await page.getByText('Second pass (hires fix)').click();
    await page.getByLabel('Enlarge the result').check();
    await page.locator('#upscaleBy').fill('1.5');
    await page.locator('#upscaler').selectOption('2x');
    await page.locator('#upscaleStrength').fill('0.4');
    await page.locator('#upscaleSteps').fill('1');
    expect(await violations(page)).toEqual([]);
    const { input, images } = await made();
    expect(input).toMatchObject({
      ...{ promptStyle: 'A1111', emphasis: 'NO_NORM', clipSkip: 2, vae: { name: 'soft' }, extend: null },
      ...{ variation: { seed: '9', strength: 0.3 }, tiling: 'HORIZONTAL' },
      refiner: { name: 'second', switchAt: 0.5 },
      controls: [{ name: 'edges_canny', strength: 0.5, end: 0.6, preprocessor: 'CANNY', cannyLow: 50 }],
      upscale: { by: 1.5, model: { name: '2x' }, denoiseStrength: 0.4, steps: 1 },
    });
    expect((input['controls'] as { image: unknown }[])[0]!.image).not.toBeNull();
    expect(images).toEqual([{ width: 192, height: 96 }]);
  });

  it('copies such a job as GraphQL that the schema takes', async () => {
    await browser.contexts()[0]!.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('.stage .menu summary[aria-label="More"]').click();
    await page.getByRole('button', { name: 'Copy as GraphQL' }).click();
    await page.getByRole('status').filter({ hasText: 'Copied.' }).waitFor();
    const code = await page.evaluate(() => navigator.clipboard.readText());
    expect(validate(buildSchema(await readFile('schema.graphql', 'utf8')), parse(code))).toEqual([]);
    expect(code).toContain('upscale: { by: 1.5, model: "2x"');
  });

  it('restores the settings of such a job', async () => {
    const before = (await newestJob())!.input;
    await page.evaluate(() => {
      localStorage.setItem('latentql.form', JSON.stringify({ model: 'tiny' }));
    });
    await page.reload();
    await page.locator('.stage .menu summary[aria-label="More"]').click();
    await page.getByRole('button', { name: 'Restore its settings' }).click();
    await page.getByText('edges_canny').waitFor();
    expect((await made()).input).toEqual(before);
  });

  it('puts what excludes each other beside the control that it is about', async () => {
    await page.getByText('Outpaint').click();
    await page.getByLabel('Pixels on the left').fill('64');
    await page.getByText('192 × 64 px').first().waitFor();
    await make();
    await page.locator('#upscale-errors').getByText('extend keeps the source').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Enlarge the result').uncheck();
    expect(await page.locator('#upscale-errors').textContent()).toBe('');
  });

  it('paints beyond the source, whose place in the frame stays', async () => {
    const { input, images } = await made();
    expect(input).toMatchObject({ extend: { left: 64, top: 0, right: 0, bottom: 0 }, upscale: null });
    expect(images).toEqual([{ width: 192, height: 64 }]);
    await page.getByRole('radio', { name: 'Source', exact: true }).last().check();
    const frame = (await page.locator('.picture').boundingBox())!;
    const source = (await page.getByRole('img', { name: 'The source picture' }).boundingBox())!;
    expect(source.x - frame.x).toBeCloseTo(frame.width / 3, -1);
  });

  it('takes a picture that only the server can read, as phones make them', async () => {
    await drop(page, 'test/images/wild/turned.heic', 'phone.heic');
    await page.locator('.source-name').getByText('phone.heic').waitFor();
    expect(await page.getByText('This file cannot be read').count()).toBe(0);
  });

  it('tells a union ControlNet what its picture is', async () => {
    await page.evaluate(() => {
      const form = { shape: 'other', width: 128, height: 64, isLocked: false, model: 'tiny_xl', steps: 2 };
      localStorage.setItem('latentql.form', JSON.stringify(form));
    });
    await page.reload();
    await page.getByRole('button', { name: 'Add or remove ControlNets' }).click();
    await dialog()
      .getByRole('button', { name: /^union/ })
      .click();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await page.getByLabel('Control type, union').selectOption({ label: 'Depth map' });
    expect((await made()).input['controls']).toMatchObject([{ name: 'union', mode: 'DEPTH' }]);
  });

  it('fits a phone with everything open', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await violations(page)).toEqual([]);
  });

  it('meets no error', () => {
    expect(problems).toEqual([]);
  });
});
