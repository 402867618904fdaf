import type { Job } from '../job.ts';
import type { JobFilter, JobListQuery } from '../queue.ts';

/** Whether ranges of ids answer a filter, without reading the records. */
export const isByRange = ({ model, text, tags = [] }: JobFilter): boolean =>
  model === undefined && text === undefined && tags.length === 0;

/** Whether a job is what a filter asks for, its time left aside. */
export function matches({ status, owner, request, tags = [] }: Job, filter: JobFilter): boolean {
  const contains = (part: string, text: string): boolean => lower(text).includes(lower(part));
  return (
    (filter.status?.includes(status) ?? true) &&
    (filter.owner === undefined || owner === filter.owner) &&
    (filter.model === undefined || request.model === filter.model) &&
    (filter.tags?.every((tag) => tags.includes(tag)) ?? true) &&
    (filter.text === undefined ||
      contains(filter.text, request.prompt) ||
      contains(filter.text, request.negativePrompt))
  );
}

const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The ids between which a query's jobs lie: they begin with the time of creation. */
export function rangeOf(
  query: JobFilter & Pick<Partial<JobListQuery>, 'olderThan' | 'newerThan'>,
): [string, string] {
  const { createdFrom, createdBefore, olderThan = '~', newerThan = '' } = query;
  const from = createdFrom === undefined ? '' : firstIdAt(createdFrom);
  const before = createdBefore === undefined ? '~' : firstIdAt(createdBefore);
  const least = from > newerThan ? `[${from}` : newerThan === '' ? '-' : `(${newerThan}`;
  return [least, `(${before < olderThan ? before : olderThan}`];
}

/** What every UUIDv7 of a time, and no earlier one, is not less than. */
function firstIdAt(time: number): string {
  const hex = Math.max(0, Math.ceil(time)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
