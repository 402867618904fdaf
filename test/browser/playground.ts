import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian's Chromium, or what CHROMIUM names, with more arguments. */
export const launchChromium = (args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      ...args,
    ],
  });

/**
 * Opens a tab, runs its operation as it stands and waits until the response shows `text`. For half a second after a change of
 * tabs GraphiQL still holds the last tab's operation name; it then sends nothing and says so, and a person clicks again.
 */
export async function runTab(page: Page, tab: string, text: string): Promise<void> {
  // By keyboard: the tabs can be dragged, and slide into place for as long as the machine is busy.
  await page.locator('.graphiql-tab-button', { hasText: tab }).press('Enter');
  await page.locator('.graphiql-tab-active', { hasText: tab }).waitFor();
  const result = page.locator('.result-window', { hasText: text });
  // Behind the button in its first state: while an operation runs, the answer before it may still be drawn.
  const tooEarly = page
    .locator('.graphiql-container:has(.graphiql-execute-button[aria-label^="Execute"]) .result-window')
    .filter({ hasText: 'Cannot infer operation' });
  do {
    await page.locator('.graphiql-execute-button').click();
    await result.or(tooEarly).first().waitFor();
  } while (await tooEarly.isVisible());
}
