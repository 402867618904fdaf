import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { launchChromium } from './playground.ts';
import { drop, EXAMPLE, JOB_TIME, openStudio, violations } from './studio-page.ts';

const SIDE = 256;

interface NewestJob {
  id: string;
  input: {
    prompt: string;
    seed: string;
    eta: number | null;
    loras: { name: string; strength: number }[];
    mask: { blur: number; grow: number; area: string; image: { sha256: string } } | null;
  };
  images: { sha256: string }[];
}

describe('masks, LoRAs and batches in the studio', { timeout: JOB_TIME }, () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-parts-'));
    await mkdir(join(folder, 'models/Lora'), { recursive: true });
    const tags = { ss_tag_frequency: JSON.stringify({ a: { dusk: 7, 'evening light': 2 } }) };
    await writeFile(
      join(folder, 'models/Lora/dusk.safetensors'),
      await tinyLora({ size: 0.1, metadata: tags }),
    );
    server = await startServerProcess({
      DATA_DIR: join(folder, 'data'),
      MODELS_DIR: join(folder, 'models'),
    });
    browser = await launchChromium();
    page = await openStudio(browser, server.url, { problems });
    await drop(page, EXAMPLE, 'meadow.png');
    await page.getByText('256 × 256, used whole').waitFor();
    await page.locator('#prompt').fill('a green meadow at day, a red house');
    await page.getByText('More settings').click();
    await page.locator('#steps').fill('6');
  });
  afterAll(async () => {
    await browser.close();
    await server.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const dialog = () => page.getByRole('dialog');
  const button = (name: string) => dialog().getByRole('button', { name, exact: true });
  const share = () => dialog().getByRole('status').textContent();
  const area = () => page.getByRole('application', { name: 'Painting area' });
  const done = () => page.locator('.tile[aria-current="true"][data-status="SUCCEEDED"]').waitFor();

  async function newestJob(): Promise<NewestJob> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `{ jobs(first: 1) { nodes { id input { prompt seed eta loras { name strength }
          mask { blur grow area image { sha256 } } } images { sha256 } } } }`,
      }),
    });
    const { data } = (await response.json()) as { data: { jobs: { nodes: NewestJob[] } } };
    return data.jobs.nodes[0]!;
  }

  const pixels = async (sha256: string) => {
    const bytes = await (await fetch(`${server.url}/images/${sha256}.png`)).arrayBuffer();
    return sharp(bytes).removeAlpha().raw().toBuffer();
  };

  /** Draws a line over the picture; places are parts of its width and height. */
  async function draw(canvas: Locator, ...[first, ...rest]: readonly (readonly [number, number])[]) {
    const box = (await canvas.boundingBox())!;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(first!));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
  }

  it('takes the example with a prompt for it, and keeps one that was written', async () => {
    const first = await openStudio(browser, server.url, { problems });
    const prompt = first.locator('#prompt');
    const takeExample = async () => {
      await first.getByRole('button', { name: 'Use the example' }).first().click();
      await first.getByText('256 × 256, used whole').waitFor();
    };
    await takeExample();
    await expect.poll(() => prompt.inputValue()).toBe('a green meadow at day, a red house');
    await prompt.fill('the sea at night');
    await first.getByRole('button', { name: 'Remove', exact: true }).click();
    await takeExample();
    expect(await prompt.inputValue()).toBe('the sea at night');
    await first.close();
  });

  it('paints a mask with the pointer, and inverts, clears and undoes it', async () => {
    await page.getByRole('button', { name: 'Inpaint only a part' }).click();
    await area().waitFor();
    expect(await share()).toContain('Nothing is painted');
    expect(await violations(page)).toEqual([]);
    await draw(area(), [0.6, 0.6], [0.8, 0.6], [0.8, 0.75]);
    const painted = await share();
    expect(painted).toMatch(/^\d+ % of the picture changes\.$/);
    await button('Invert').click();
    const inverted = await share();
    expect(parseInt(painted!) + parseInt(inverted!)).toBeGreaterThanOrEqual(99);
    await button('Undo').click();
    expect(await share()).toBe(painted);
    await button('Clear').click();
    expect(await share()).toContain('Nothing is painted');
    await button('Undo').click();
    expect(await share()).toBe(painted);
    await dialog().getByRole('radio', { name: 'Eraser' }).check();
    await draw(area(), [0.6, 0.6], [0.8, 0.6], [0.8, 0.75]);
    expect(await share()).toContain('Nothing is painted');
    await button('Undo').click();
    await dialog().getByRole('radio', { name: 'Brush' }).check();
    expect(await share()).toBe(painted);
  });

  it('is painted by keys alone as well', async () => {
    const before = parseInt((await share())!);
    await area().focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.down(' ');
    for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowUp');
    await page.keyboard.up(' ');
    expect(parseInt((await share())!)).toBeGreaterThan(before);
    await page.keyboard.press('ControlOrMeta+z');
    expect(parseInt((await share())!)).toBe(before);
    await button('Done').click();
    await page.getByText('Only what you painted changes').waitFor();
    await page.getByRole('img', { name: 'The masked part' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('keeps the mask over a reload, and what was painted when it is opened again', async () => {
    await page.reload();
    await page.getByRole('button', { name: 'Edit the mask' }).click();
    await dialog()
      .getByRole('status')
      .filter({ hasText: /^\d+ %/ })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Edit the mask' }).waitFor();
  });

  it('repaints what is painted, and keeps every other byte of the source', async () => {
    await page.getByText('Mask settings').click();
    await page.locator('#maskBlur').fill('2');
    expect(await violations(page)).toEqual([]);
    await page.locator('.make-button').click();
    await page.getByText('Live preview').waitFor();
    await done();
    const job = await newestJob();
    expect(job.input.mask).toMatchObject({ blur: 2, grow: 0, area: 'WHOLE' });
    const [result, mask] = [await pixels(job.images[0]!.sha256), await pixels(job.input.mask!.image.sha256)];
    const source = await sharp(EXAMPLE).removeAlpha().raw().toBuffer();
    const reach = 8; // of the blur
    const isNear = (x: number, y: number) => {
      for (let v = Math.max(0, y - reach); v <= Math.min(SIDE - 1, y + reach); v++)
        for (let u = Math.max(0, x - reach); u <= Math.min(SIDE - 1, x + reach); u++)
          if (mask[3 * (v * SIDE + u)]! > 0) return true;
      return false;
    };
    let [kept, changed] = [0, 0];
    for (let i = 0; i < SIDE * SIDE; i++) {
      const isSame = result.subarray(3 * i, 3 * i + 3).equals(source.subarray(3 * i, 3 * i + 3));
      if (!isSame) changed++;
      if (isNear(i % SIDE, Math.floor(i / SIDE))) continue;
      if (!isSame) expect.fail(`place ${i} is not masked and has changed`);
      kept++;
    }
    expect(kept).toBeGreaterThan((SIDE * SIDE) / 2);
    expect(changed).toBeGreaterThan(1000);
  });

  it('adds a LoRA with a strength, and its trigger words to the prompt', async () => {
    await page.getByRole('button', { name: 'Add or remove' }).click();
    await dialog().getByRole('button', { name: /^dusk/ }).click();
    expect(await violations(page)).toEqual([]);
    await button('Done').click();
    await page.getByRole('spinbutton', { name: 'Strength of dusk', exact: true }).fill('0.5');
    await page.getByRole('button', { name: 'Add “evening light” to the prompt' }).click();
    expect(await page.locator('#prompt').inputValue()).toBe(
      'a green meadow at day, a red house, evening light',
    );
    await page.getByText(/^\d+ of 75 tokens$/).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('shows every picture of a batch while it is made', async () => {
    await page.getByRole('button', { name: 'One picture more' }).click();
    await page.locator('.make-button').click();
    await page
      .getByRole('img', { name: /^Live preview after step/ })
      .nth(1)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await done();
    const { input, images } = await newestJob();
    expect(input.loras).toEqual([{ name: 'dusk', strength: 0.5 }]);
    expect(images).toHaveLength(2);
  });

  it('makes the same again with its mask and its LoRAs, and the same seed', async () => {
    const before = await newestJob();
    await page.getByRole('button', { name: 'Picture 1' }).first().click();
    await page.getByRole('button', { name: 'Same again' }).first().click();
    await page.locator('.tile[aria-current="true"]:not([data-status="SUCCEEDED"])').waitFor();
    const after = await newestJob();
    expect(after.id).not.toBe(before.id);
    expect(after.input).toEqual(before.input);
    await page.locator('.stage').getByRole('button', { name: 'Cancel' }).click();
  });

  it('puts a refusal of a folded setting beside it, until it is cleared', async () => {
    await page.getByText('Advanced').click();
    await page.locator('#eta').fill('0.5');
    expect(await violations(page)).toEqual([]);
    await page.locator('.make-button').click();
    await page.locator('#eta-errors').getByText('eta').waitFor();
    expect(await page.locator('#eta').getAttribute('aria-invalid')).toBe('true');
    await page.locator('#eta').fill('');
    expect(await page.locator('#eta-errors').textContent()).toBe('');
  });

  it('counts pictures in the gallery, and deletes one of a batch alone', async () => {
    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByText('3 pictures').waitFor();
    await page.locator('.gallery-mark input').first().check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('status').filter({ hasText: 'Deleted.' }).waitFor();
    expect(await page.locator('.gallery-open').count()).toBe(2);
    await page.reload(); // deletes at once what could still be undone
    await page.getByText('2 pictures').waitFor();
    expect(await page.locator('.gallery-open').count()).toBe(2);
  });

  it('works beside trusted documents alone: the server knows what its page asks for', async () => {
    const strict = await startServerProcess({
      DATA_DIR: join(folder, 'strict'),
      MODELS_DIR: join(folder, 'models'),
      TRUSTED_DOCUMENTS: 'test/client/generated/persisted-documents.json',
      TRUSTED_DOCUMENTS_ONLY: 'true',
    });
    // The answer about the models is the last of the first ones: the page has learned meanwhile what the server wants.
    let refusals = 0;
    const prepare = async (opened: Page) => {
      await opened.route('**/graphql', async (route) => {
        const asked = route.request().postData() ?? '';
        if (!/query Models\b/.test(asked) || asked.includes('persistedQuery')) {
          const answer = await route.fetch();
          await route.fulfill({ response: answer });
          refusals += Number((await answer.text()).includes('UNTRUSTED_DOCUMENT'));
          return;
        }
        await expect.poll(() => refusals, { timeout: JOB_TIME }).toBeGreaterThan(0);
        await route.continue();
      });
    };
    const other = await openStudio(browser, strict.url, { problems, prepare });
    await drop(other, EXAMPLE, 'meadow.png');
    await other.locator('#prompt').fill('a green meadow at day, a red house');
    await other.locator('.make-button').click();
    await other.getByRole('img', { name: /^(Live preview|Result)/ }).waitFor({ timeout: JOB_TIME });
    await other.close();
    await strict.end('SIGTERM');
  });

  it('meets no error', () => {
    expect(problems).toEqual([]);
  });
});
