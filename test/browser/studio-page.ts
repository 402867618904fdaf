import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

/** The example picture, as a file that a person has. */
export const EXAMPLE = join(import.meta.dirname, '../../assets/example.png');

/** A job of the bundled model, on a machine that does other work too. */
export const JOB_TIME = 240_000;

/** Longest wait for anything that a page shows: a whole job, where the machine has other work. */
const WAIT = 120_000;

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Starts a server in a folder of its own; it ends without waiting for a running job. */
export const startStudio = (folder: string, port = '0'): Promise<ServerProcess> =>
  startServerProcess({
    DATA_DIR: join(folder, 'data'),
    MODELS_DIR: join(folder, 'models'),
    DRAIN_TIMEOUT: '0s',
    PORT: port,
  });

/** Opens the studio; what it asks for and what goes wrong is noted. */
export async function openStudio(
  browser: Browser,
  url: string,
  {
    requests = [],
    problems,
    prepare,
  }: {
    readonly requests?: string[];
    readonly problems: string[];
    /** Is done before the page is fetched. */
    readonly prepare?: (page: Page) => Promise<void>;
  },
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript({ path: AXE });
  page.setDefaultTimeout(WAIT);
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  await prepare?.(page);
  await page.goto(url);
  return page;
}

/** Drops a file on the page, or on a place of it that takes pictures for itself, as a person does. */
export async function drop(page: Page, path: string, name: string, place?: string): Promise<void> {
  const bytes = [...(await readFile(path))];
  const dataTransfer = await page.evaluateHandle(
    ({ bytes, name }) => {
      const held = new DataTransfer();
      held.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }));
      return held;
    },
    { bytes, name },
  );
  // Browsers fire it again and again while something is held over a page, which may still be starting.
  do await page.dispatchEvent('body', 'dragover', { dataTransfer });
  while (!(await page.getByText('Drop it anywhere').isVisible()));
  if (place !== undefined) {
    await page.dispatchEvent(place, 'dragover', { dataTransfer });
    await page.getByText('Drop it anywhere').waitFor({ state: 'detached' });
  }
  await page.dispatchEvent(place ?? 'body', 'drop', { dataTransfer });
}

/** Texts that leave the window or are cut off by what they stand in. */
export const cutTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const cut = new Set<string>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const parent = text.parentElement!;
      // What only screen readers read, and the values in closed lists: a press shows them.
      if (text.nodeValue!.trim() === '' || parent.closest('.unseen, select, [inert]')) continue;
      if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const bounds = [new DOMRect(0, 0, innerWidth, Infinity)];
      for (let box: Element | null = parent; box; box = box.parentElement) {
        const { overflowX } = getComputedStyle(box);
        if (overflowX === 'auto' || overflowX === 'scroll') break; // it can be scrolled there
        if (overflowX !== 'visible') bounds.push(box.getBoundingClientRect());
      }
      const isCut = [...range.getClientRects()].some((line) =>
        bounds.some(({ left, right }) => line.left < left - 1 || line.right > right + 1),
      );
      if (isCut) cut.add(`${parent.className || parent.tagName}: ${text.nodeValue!}`);
    }
    return [...cut];
  });

/** What axe finds wrong with the page as it is. */
export async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`);
  });
}
