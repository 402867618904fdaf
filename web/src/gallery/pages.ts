import { useCallback, useEffect, useState } from 'react';
import { request } from '../api/client.ts';
import { GalleryJobsDocument, GalleryPicturesDocument, type JobStatus } from '../api/generated/graphql.ts';
import type { TileJob } from '../jobs/jobs.ts';

/** The filters of the gallery. */
export interface Filters {
  readonly text: string;
  readonly model: string | null;
  readonly status: string | null;
  /** A day, as `<input type=date>` writes it. */
  readonly from: string | null;
}

/** A picture by its index in its job; 0 for a job without pictures. */
export interface Entry {
  readonly job: TileJob;
  readonly index: number;
}

/** Loaded pages of pictures, or of jobs without any. */
export interface Pages {
  readonly entries: readonly Entry[];
  readonly total: number;
  readonly next: string | null;
  readonly isLoading: boolean;
  readonly failure: string | null;
}

const NONE: Pages = { entries: [], total: 0, next: null, isLoading: true, failure: null };
const STATUSES: readonly JobStatus[] = ['FAILED', 'CANCELED'];

/** The filters as the API takes them. */
export const variablesFor = ({ text, model, from }: Omit<Filters, 'status'>) => ({
  model,
  text: text.trim() === '' ? null : text.trim(),
  from:
    from === null || Number.isNaN(Date.parse(`${from}T00:00`))
      ? null
      : new Date(`${from}T00:00`).toISOString(),
});

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
  readonly entries: readonly Entry[];
}

/** One page of finished pictures, or of failed or canceled jobs. */
async function pageOf({ status, ...filters }: Filters, after: string | null): Promise<Page> {
  const variables = { after, ...variablesFor(filters) };
  const other = STATUSES.find((known) => known === status);
  if (!other) {
    const { nodes, ...page } = (await request(GalleryPicturesDocument, variables)).images;
    return { ...page, entries: nodes };
  }
  const { nodes, ...page } = (await request(GalleryJobsDocument, { ...variables, status: [other] })).jobs;
  return { ...page, entries: nodes.map((job) => ({ job, index: 0 })) };
}

/** The matching pages, and a function that loads the next one. */
export function usePages({ text, model, status, from }: Filters) {
  const [pages, setPages] = useState(NONE);
  const load = useCallback(
    async (after: string | null, isCurrent: () => boolean) => {
      setPages((now) => ({ ...(after === null ? NONE : now), isLoading: true }));
      try {
        const { entries, totalCount, pageInfo } = await pageOf({ text, model, status, from }, after);
        if (!isCurrent()) return;
        setPages((now) => ({
          entries: after === null ? entries : [...now.entries, ...entries],
          total: totalCount,
          next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
          isLoading: false,
          failure: null,
        }));
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        if (isCurrent()) setPages((now) => ({ ...now, isLoading: false, failure }));
      }
    },
    [text, model, status, from],
  );
  useEffect(() => {
    let isCurrent = true;
    void load(null, () => isCurrent);
    return () => {
      isCurrent = false;
    };
  }, [load]);
  return { pages, more: () => void load(pages.next, () => true) };
}

/** Entries grouped by the day on which their jobs were accepted. */
export function byDay(
  entries: readonly Entry[],
  locale: string,
): readonly { day: string; entries: readonly Entry[] }[] {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = format.format(new Date(entry.job.createdAt));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([day, ofDay]) => ({ day, entries: ofDay }));
}
