import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { LatentQL, type Img2ImgInput } from '../src/client/index.ts';
import { launchChromium, runTab } from '../test/browser/playground.ts';

/**
 * `npm run demo:screens -- <address of a server> [name …]`: makes pictures of the studio and the playground in a real Chromium while
 * the bundled model works, in `out/screens`. Those in `docs/images` are copies. The server should have no other jobs: all of them are shown.
 */

const TARGET = join(import.meta.dirname, '../out/screens');
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};
const WAIT = 600_000;

const [url, ...names] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: npm run demo:screens -- <address of a server> [name …]');
const client = new LatentQL({ url });

/** What a visitor made before: the strip shows it. */
const EARLIER: readonly Img2ImgInput[] = [
  { prompt: 'the sea at sunset, a red boat', denoiseStrength: 0.9 },
  { prompt: 'a yellow car in the desert at night', denoiseStrength: 1 },
  { prompt: 'a green meadow at day, a blue house', denoiseStrength: 0.6 },
];

async function makeEarlier(): Promise<void> {
  for (const input of EARLIER) {
    const common = { width: 256, height: 256, steps: 20, cfg: 6, seed: '7', negativePrompt: '' };
    const { id } = await client.img2img({
      modelName: 'starter',
      model: null,
      imageUrl: '/example.png',
      ...common,
      ...input,
    });
    for await (const { job } of client.watch(id)) {
      if (job.status === 'FAILED') throw new Error(`job ${id} failed`);
    }
  }
}

/** The studio with the example picture and these settings. */
async function open(browser: Browser, form: object, options: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(WAIT);
  await page.addInitScript((kept) => {
    localStorage.setItem('latentql.form', kept);
  }, JSON.stringify(form));
  await page.goto(url!);
  await page.getByRole('button', { name: 'Use the example' }).first().click();
  await page.getByText('256 × 256, used whole').waitFor();
  return page;
}

const HOUSE = { prompt: 'a green meadow at day, a red house', strength: 0.6, seed: '7', model: 'starter' };

/** Sends the form and waits until its job is on the stage. */
async function make(page: Page): Promise<void> {
  const tiles = page.locator('.strip .tile');
  const before = await tiles.count();
  await page.locator('.make-button').click();
  await tiles.nth(before).waitFor();
  await tiles.first().and(page.locator('[aria-current="true"]')).waitFor();
}

const halfway = (page: Page) => page.getByText(/^Step (9|1\d) of 20/).first();
const done = (page: Page) =>
  page.locator('.strip .tile').first().and(page.locator('[data-status="SUCCEEDED"]')).waitFor();

/** What each picture shows. */
const SCREENS: Readonly<Record<string, (browser: Browser) => Promise<Page>>> = {
  async 'studio-running'(browser) {
    const page = await open(browser, HOUSE, WIDE);
    await make(page);
    await halfway(page).waitFor();
    return page;
  },
  async 'studio-compare'(browser) {
    const page = await open(browser, HOUSE, { ...WIDE, colorScheme: 'dark' });
    await make(page);
    await done(page);
    await page.getByRole('radio', { name: 'Compare' }).check();
    return page;
  },
  async 'studio-extend'(browser) {
    const words = { prompt: 'a green meadow at day', strength: 0.9 };
    const page = await open(browser, { ...HOUSE, ...words }, WIDE);
    await page.getByText('Outpaint').click();
    await page.getByLabel('Pixels on the left').fill('96');
    await page.getByLabel('Pixels on the right').fill('96');
    await make(page);
    await done(page);
    await page.getByRole('radio', { name: 'Result' }).check();
    return page;
  },
  async 'studio-phone'(browser) {
    const page = await open(browser, HOUSE, PHONE);
    await make(page);
    await halfway(page).waitFor();
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    return page;
  },
  async playground(browser) {
    const page = await browser.newPage(WIDE);
    page.setDefaultTimeout(WAIT);
    await page.goto(`${url}/graphql`);
    await runTab(page, 'Img2Img', 'QUEUED');
    await runTab(page, 'Progress', 'Img2ImgCompleted');
    await page.getByRole('img', { name: 'images seed 7' }).waitFor();
    return page;
  },
};

const browser = await launchChromium();
try {
  await mkdir(TARGET, { recursive: true });
  await makeEarlier();
  for (const [name, screen] of Object.entries(SCREENS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const page = await screen(browser);
    await page.mouse.move(0, 0);
    const shot = await page.screenshot(); // while it runs: nothing else may take time now
    await sharp(shot)
      .webp({ quality: 88 })
      .toFile(join(TARGET, `${name}.webp`));
    console.log(`out/screens/${name}.webp`);
    if (name !== 'playground') await done(page); // the next picture shows no other job at work
    await page.close();
  }
} finally {
  await browser.close();
  await client.close();
}
