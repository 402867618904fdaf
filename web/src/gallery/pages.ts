import { useCallback, useEffect, useState } from 'react';
import { request } from '../api/client.ts';
import { GalleryPageDocument, type JobStatus } from '../api/generated/graphql.ts';
import type { Job } from '../jobs/jobs.ts';

/** What is looked for. */
export interface Filters {
  readonly text: string;
  readonly model: string | null;
  readonly status: string | null;
  /** A day, as `<input type=date>` writes it. */
  readonly from: string | null;
}

/** Jobs page by page. */
export interface Pages {
  readonly jobs: readonly Job[];
  readonly total: number;
  readonly next: string | null;
  readonly isLoading: boolean;
  readonly failure: string | null;
}

const NONE: Pages = { jobs: [], total: 0, next: null, isLoading: true, failure: null };
const STATUSES: readonly JobStatus[] = ['SUCCEEDED', 'FAILED', 'CANCELED'];

/** The filters as the API takes them. */
export const variablesFor = ({ text, model, status, from }: Filters) => ({
  status: [STATUSES.find((known) => known === status) ?? ('SUCCEEDED' as const)],
  model,
  text: text.trim() === '' ? null : text.trim(),
  from:
    from === null || Number.isNaN(Date.parse(`${from}T00:00`))
      ? null
      : new Date(`${from}T00:00`).toISOString(),
});

/** The jobs that fit, and what loads more of them. */
export function usePages({ text, model, status, from }: Filters) {
  const [pages, setPages] = useState(NONE);
  const load = useCallback(
    async (after: string | null, isCurrent: () => boolean) => {
      setPages((now) => ({ ...(after === null ? NONE : now), isLoading: true }));
      try {
        const { jobs } = await request(GalleryPageDocument, {
          after,
          ...variablesFor({ text, model, status, from }),
        });
        if (!isCurrent()) return;
        setPages((now) => ({
          jobs: after === null ? jobs.nodes : [...now.jobs, ...jobs.nodes],
          total: jobs.totalCount,
          next: jobs.pageInfo.hasNextPage ? (jobs.pageInfo.endCursor ?? null) : null,
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

/** Jobs by the day on which they were made, each day with its heading. */
export function byDay(
  jobs: readonly Job[],
  locale: string,
): readonly { day: string; jobs: readonly Job[] }[] {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  const days = new Map<string, Job[]>();
  for (const job of jobs) {
    const day = format.format(new Date(job.createdAt));
    days.set(day, [...(days.get(day) ?? []), job]);
  }
  return [...days].map(([day, ofDay]) => ({ day, jobs: ofDay }));
}
