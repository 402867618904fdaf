import { useEffect, useSyncExternalStore } from 'react';
import { listen } from '../api/client.ts';
import { ProgressDocument } from '../api/generated/graphql.ts';
import { createStore, useStore } from '../state/store.ts';
import { takeJobs } from './jobs.ts';

/** The latest preview of a running job. */
export interface Preview {
  readonly dataUri: string;
  readonly step: number;
}

/** Previews by the id of their job. */
const previews = createStore<ReadonlyMap<string, Preview>>(new Map());

/** The latest preview of a job that somebody follows. */
export const usePreview = (id: string | undefined): Preview | undefined => useStore(previews).get(id ?? '');

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

/** Follows a job step by step for as long as the component is there; a page that nobody sees gets no previews. */
export function useProgress(id: string | undefined, size: number): void {
  const isShown = useIsShown();
  useEffect(() => {
    if (id === undefined) return undefined;
    return listen(ProgressDocument, { id, size, isShown }, ({ img2imgProgress: event }) => {
      takeJobs([event.job]);
      const { preview, job } = event;
      if (preview) {
        previews.set((now) => new Map(now).set(id, { dataUri: preview.dataUri, step: job.step }));
      }
    });
  }, [id, size, isShown]);
}
