import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { onConnected } from '../api/client.ts';

/** Milliseconds after which a server that does not answer is asked again, unless the socket is connected before. */
const ASK_AGAIN = 5000;

/** A part of the page whose code is fetched when it is first shown. */
export const lazyPart = <Props>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> => lazy(() => codeOf(load));

/**
 * Fetches code. While the server does not answer, it waits: what is on the page stays. Rejects where the server answers and has
 * no such code, as one of another version.
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

/** Styles that could not be fetched. */
const missingStyles = new Set<HTMLLinkElement>();

document.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') missingStyles.add(target);
  },
  { capture: true },
);

/** Vite adds the styles of code once, even if they could not be fetched. */
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
