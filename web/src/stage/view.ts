import { createStore } from '../state/store.ts';

/** The views of a finished job. */
export const VIEWS = ['result', 'compare', 'source'] as const;
export type View = (typeof VIEWS)[number];

/** The chosen view; kept while the page is open. */
export const view = createStore<View>('result');

/** Whether the key that shows the source is held down. */
export const isSourceHeld = createStore(false);

type ZoomBy = (factor: number) => void;

const zoomed = new Set<ZoomBy>();

/** Zooms the picture on the stage by a factor; 0 fits it. */
export const zoomStage: ZoomBy = (factor) => {
  for (const by of zoomed) by(factor);
};

/** Listens to `zoomStage`. Returns the unsubscribe function. */
export const onZoomStage = (by: ZoomBy): (() => void) => {
  zoomed.add(by);
  return () => {
    zoomed.delete(by);
  };
};
