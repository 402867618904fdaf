import { createStore } from '../state/store.ts';

/** What is shown of a finished job. */
export const VIEWS = ['result', 'compare', 'source'] as const;
export type View = (typeof VIEWS)[number];

/** What is shown of finished jobs, for as long as the page is open. */
export const view = createStore<View>('result');

/** Whether the key that shows the source is held. */
export const isSourceHeld = createStore(false);

/** What the keys that zoom do to the picture on the stage: a factor, or 0 for all of it. */
export const zoomWish = createStore<{ readonly factor: number } | null>(null);
