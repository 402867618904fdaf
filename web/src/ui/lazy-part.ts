import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { onConnected } from '../api/client.ts';

/** Milliseconds until code is requested again from a server that does not answer; a new connection ends the wait. */
const ASK_AGAIN = 5000;

/** A component whose code is loaded when it is first shown. */
export const lazyPart = <Props>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> => lazy(() => codeOf(load));

/**
 * Loads code, and waits while the server does not answer. Rejects if the server answers without that code,
 * as after an update.
 */
export async function codeOf<Code>(load: () => Promise<Code>): Promise<Code> {
  for (let failures = 0; ;) {
    try {
      const code = await load();
      await fetchStylesAgain();
      return code;
    } catch (error) {
      if (await isAnswering()) failures++;
      if (failures > 1) throw error;
      if (failures === 0) await connectedOrSoon();
    }
  }
}

const isAnswering = (): Promise<boolean> =>
  fetch(document.baseURI, { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );

function connectedOrSoon(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(wait);
      stop();
      resolve();
    };
    const stop = onConnected(end);
    const wait = setTimeout(end, ASK_AGAIN);
  });
}

/** Stylesheets that failed to load. */
const missingStyles = new Set<HTMLLinkElement>();

document.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') missingStyles.add(target);
  },
  { capture: true },
);

/** Vite adds a stylesheet only once, even if it failed to load. */
async function fetchStylesAgain(): Promise<void> {
  await Promise.all([...missingStyles].map(fetchStyle));
}

function fetchStyle(link: HTMLLinkElement): Promise<unknown> {
  const next = link.cloneNode() as HTMLLinkElement;
  missingStyles.delete(link);
  return new Promise((resolve, reject) => {
    next.onload = resolve;
    next.onerror = () => {
      reject(new Error(`${next.href} cannot be fetched`));
    };
    link.replaceWith(next);
  });
}
