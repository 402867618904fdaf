import { useEffect, useSyncExternalStore } from 'react';
import { listen } from '../api/client.ts';
import { ProgressDocument } from '../api/generated/graphql.ts';
import { createStore, useStore } from '../state/store.ts';
import { takeJobs } from './jobs.ts';

/** The latest preview of a picture of a running job. */
export interface Preview {
  readonly dataUri: string;
  readonly step: number;
}

/** Whether previews of the first picture or of the whole batch are wanted. */
export type Extent = 'first' | 'all';

/** Previews by the id of their job, in batch order. */
const previews = createStore<ReadonlyMap<string, readonly Preview[]>>(new Map());

const NONE: readonly Preview[] = [];

/** The latest previews of a job. */
export const usePreviews = (id: string): readonly Preview[] => useStore(previews).get(id) ?? NONE;

/** The latest preview of its first picture. */
export const usePreview = (id: string): Preview | undefined => usePreviews(id)[0];

/** Whether the page can be seen. */
const useIsShown = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      document.addEventListener('visibilitychange', listener);
      return () => {
        document.removeEventListener('visibilitychange', listener);
      };
    },
    () => !document.hidden,
  );

/** Subscribes to a job's progress while the component is mounted; a hidden page asks for no previews. */
export function useProgress(id: string | undefined, size: number, extent: Extent): void {
  const isShown = useIsShown();
  useEffect(() => {
    if (id === undefined) return undefined;
    const wanted = { hasFirst: isShown && extent === 'first', hasAll: isShown && extent === 'all' };
    return listen(ProgressDocument, { id, size, ...wanted }, ({ img2imgProgress: { job, ...event } }) => {
      takeJobs([job]);
      const came = event.previews ?? (event.preview ? [event.preview] : []);
      if (came.length === 0) return;
      const shown = came.map(({ dataUri }) => ({ dataUri, step: job.step }));
      previews.set((now) => new Map(now).set(id, shown));
    });
  }, [id, size, extent, isShown]);
}
