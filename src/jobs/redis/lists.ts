import { type Job, JOB_STATUSES } from '../job.ts';
import type { JobFilter, JobListQuery } from '../queue.ts';
import type { Row } from './record.ts';
import type { RedisStore } from './store.ts';

/** Records read at a time. */
const PAGE = 500;

/** Bounds of ids, exclusive: below and above every id. */
const LEAST = '00000000-0000';
const MOST = 'ffffffff-ffff~';

/** A page in order of creation, newest first. */
export async function list(store: RedisStore, query: JobListQuery): Promise<Job[]> {
  const found: Job[] = [];
  for await (const jobs of pages(store, query, isByRange(query) ? Math.min(PAGE, query.limit) : PAGE)) {
    found.push(...jobs);
    if (found.length >= query.limit) break;
  }
  const page = found.slice(0, query.limit);
  return query.from === 'newest' ? page : page.reverse();
}

/** Jobs that a filter is about. */
export async function count(store: RedisStore, filter: JobFilter): Promise<number> {
  if (isByRange(filter)) return store.run<number>('total', ...rangeOf(filter));
  let total = 0;
  for await (const jobs of pages(store, { ...filter, from: 'newest' }, PAGE)) total += jobs.length;
  return total;
}

/** Images of the jobs that a filter is about. Reads the records: a count that is rarely asked for is worth no index. */
export async function countImages(store: RedisStore, filter: JobFilter): Promise<number> {
  let total = 0;
  for await (const jobs of pages(store, { ...filter, from: 'newest' }, PAGE)) {
    for (const { images } of jobs) total += images.length;
  }
  return total;
}

/** The jobs of a query, from the end that it names, by pages of at most `size`. */
async function* pages(
  store: RedisStore,
  query: JobFilter & Pick<JobListQuery, 'from'>,
  size: number,
): AsyncGenerator<Job[]> {
  const [owner, ...range] = rangeOf(query);
  let [least, most] = range;
  const statuses = range.slice(2);
  for (;;) {
    const args = [owner, least, most, query.from, size, ...statuses];
    const page = await store.run<[id: string, row: Row][]>('list', ...args);
    yield page.flatMap(([id, row]) => {
      const found = store.read(row, id);
      return found !== 'unreadable' && matches(found.job, query) ? [found.job] : [];
    });
    if (page.length < size || size === 0) return;
    const last = page.at(-1)![0];
    if (query.from === 'newest') most = last;
    else least = last;
  }
}

/** Whether the index answers a filter, without reading the records. */
const isByRange = ({ model, text, tags = [] }: JobFilter): boolean =>
  model === undefined && text === undefined && tags.length === 0;

/** Whether a job is what a filter asks for, beside what the index knows. */
function matches({ request, tags = [] }: Job, filter: JobFilter): boolean {
  const contains = (part: string, text: string): boolean => lower(text).includes(lower(part));
  return (
    (filter.model === undefined || request.model === filter.model) &&
    (filter.tags?.every((tag) => tags.includes(tag)) ?? true) &&
    (filter.text === undefined ||
      contains(filter.text, request.prompt) ||
      contains(filter.text, request.negativePrompt))
  );
}

const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** What the scripts are asked for: owner or '*', the bounds between which the ids lie, exclusive, and statuses. */
function rangeOf(
  query: JobFilter & Pick<Partial<JobListQuery>, 'olderThan' | 'newerThan'>,
): [owner: string, least: string, most: string, ...statuses: string[]] {
  const { owner = '*', createdFrom, createdBefore, olderThan = MOST, newerThan = LEAST } = query;
  const from = createdFrom === undefined ? LEAST : firstIdAt(createdFrom);
  const before = createdBefore === undefined ? MOST : firstIdAt(createdBefore);
  const statuses = new Set(query.status ?? JOB_STATUSES);
  return [owner, from > newerThan ? from : newerThan, before < olderThan ? before : olderThan, ...statuses];
}

/** What every UUIDv7 of a time, and no earlier one, is greater than. */
function firstIdAt(time: number): string {
  const hex = Math.max(0, Math.ceil(time)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
