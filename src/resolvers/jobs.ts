import DataLoader from 'dataloader';
import { validate as isUuid } from 'uuid';
import type { Config } from '../config.ts';
import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import type { JobAbsence, JobEvent, JobFilter, JobQueue } from '../jobs/queue.ts';
import { payloadOf, type JobPayload } from './errors.ts';
import { decodeJobId } from './ids.ts';
import { MAX_TAGS } from './img2img-fields.ts';
import type { Services } from './services.ts';

/** Reads a job in one batch with the other jobs of the same request; see `presentJob`. */
export const findJob = async (id: string, jobs: JobLoader): Promise<Job | null> =>
  presentJob(id, await jobs.load(id));

/** The job; null if it never existed. Throws InputError EXPIRED or RECORD_UNREADABLE. */
export function presentJob(id: string, found: Job | JobAbsence): Job | null {
  if (typeof found !== 'string') return found;
  if (found === 'unknown') return null;
  throw absent(id, found);
}

/** The error on `field` for a job that cannot be read: NOT_FOUND, EXPIRED or RECORD_UNREADABLE. */
export function absent(id: string, why: JobAbsence, field: string[] = ['id']): InputError {
  switch (why) {
    case 'expired':
      return new InputError('EXPIRED', field, `job ${id} has expired; its record and images were removed`);
    case 'unreadable':
      return new InputError(
        'RECORD_UNREADABLE',
        field,
        `the record of job ${id} is kept, but this version cannot read it; the log says why`,
      );
    case 'unknown':
      return new InputError('NOT_FOUND', field, `there is no job ${id}`);
  }
}

export type JobLoader = DataLoader<string, Job | JobAbsence>;

/** Batches the job reads of one request. Not a cache, since a job changes during a request. */
export const createJobLoader = (jobs: JobQueue): JobLoader =>
  new DataLoader((ids) => jobs.getMany(ids), { cache: false });

/** A page of jobs, newest first; `before` and `after` are job ids. */
export interface JobPage {
  readonly filter: JobFilter;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly limit: number;
  /** Whether the page is taken from the end of the list, oldest jobs first. */
  readonly inverted: boolean;
}

/** Default and largest length of a page. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** The length of a page. Throws InputError if it is out of range, or if `first` and `last` are both given. */
export function checkPageLength(page: Partial<Record<'first' | 'last', number | null | undefined>>): void {
  const given = (['first', 'last'] as const).filter((name) => page[name] != null);
  for (const name of given) {
    const length = page[name]!;
    if (length >= 1 && length <= MAX_PAGE) continue;
    throw new InputError('INVALID_VALUE', [name], `${name} must be from 1 to ${MAX_PAGE}, got ${length}`);
  }
  if (given.length < 2) return;
  throw new InputError('INVALID_VALUE', ['last'], 'expected first or last, got both');
}

/**
 * The jobs of a page, in the page's direction. Throws InputError for an invalid cursor.
 */
export async function listJobs(page: JobPage, jobs: JobQueue): Promise<Job[]> {
  for (const name of ['after', 'before'] as const) {
    const cursor = page[name];
    if (cursor !== undefined && !isUuid(cursor)) {
      throw new InputError(
        'INVALID_VALUE',
        [name],
        `${name} must be a cursor from an earlier page, got "${cursor}"`,
      );
    }
  }
  const newestFirst = await jobs.list({
    limit: page.limit,
    from: page.inverted ? 'oldest' : 'newest',
    ...page.filter,
    ...(page.after !== undefined && { olderThan: page.after }),
    ...(page.before !== undefined && { newerThan: page.before }),
  });
  return page.inverted ? newestFirst.toReversed() : newestFirst;
}

/** The filter of a list, as it arrives; null means any. */
export type JobFilterArguments = {
  readonly [Name in keyof JobFilter]?: JobFilter[Name] | null | undefined;
};

/** Longest search text, in UTF-16 code units; every job is searched. */
const MAX_SEARCH_LENGTH = 200;

/** The checked filter. Throws InputError for more tags than a job can have, or a text that is too long. */
export function jobFilter({
  status,
  model,
  text,
  tags,
  createdFrom,
  createdBefore,
}: JobFilterArguments): JobFilter {
  if (tags && tags.length > MAX_TAGS) {
    const message = `tags must have at most ${MAX_TAGS} entries, got ${tags.length}`;
    throw new InputError('INVALID_VALUE', ['tags'], message);
  }
  if (text && text.length > MAX_SEARCH_LENGTH) {
    const message = `text must have at most ${MAX_SEARCH_LENGTH} characters, got ${text.length}`;
    throw new InputError('INVALID_VALUE', ['text'], message);
  }
  return {
    ...(status && { status }),
    ...(model != null && { model }),
    ...(text != null && { text }),
    ...(tags && { tags }),
    ...(createdFrom != null && { createdFrom }),
    ...(createdBefore != null && { createdBefore }),
  };
}

/** A page. An empty one has null cursors, while the library would repeat those of the request, or return empty ones. */
export const withoutCursors = <Page extends { edges: readonly unknown[]; pageInfo: object }>(
  page: Page,
): Page =>
  page.edges.length > 0
    ? page
    : { ...page, pageInfo: { ...page.pageInfo, startCursor: null, endCursor: null } };

/** When a job may be removed, milliseconds since the epoch; null before its end, and if jobs are kept forever. */
export const expiryOf = ({ finishedAt }: Job, { retention }: Pick<Config, 'retention'>): number | null =>
  finishedAt === null || retention === 0 ? null : finishedAt + retention;

/** The outcome of a cancellation. */
export const CANCEL_RESULTS = ['CANCELED', 'ALREADY_CANCELED', 'ALREADY_FINISHED'] as const;
export type CancelResult = (typeof CANCEL_RESULTS)[number];

/** The job after a cancellation, with its outcome; null if there is no such job. */
export interface CancelJobPayload extends JobPayload {
  readonly result: CancelResult | null;
}

/** Cancels a job; one that has ended is returned unchanged. User errors: INVALID_VALUE, NOT_FOUND or EXPIRED. */
export async function cancelJob(
  globalId: string,
  how: { readonly immediately: boolean },
  { jobs }: Services,
): Promise<CancelJobPayload> {
  let result: CancelResult | null = null;
  const stop = async (): Promise<Job> => {
    const id = decodeJobId(globalId);
    const found = await jobs.cancel(id, how);
    if (!('job' in found)) throw absent(id, found.outcome);
    if (found.outcome === 'canceled') result = 'CANCELED';
    else result = found.job.status === 'CANCELED' ? 'ALREADY_CANCELED' : 'ALREADY_FINISHED';
    return found.job;
  };
  const payload = await payloadOf(stop);
  return { ...payload, result };
}

/**
 * The current state of a job, then its events until it ends; without an id, of the newest job of `owner`. Throws InputError if
 * there is no such job.
 */
export async function watchImg2Img(
  globalId: string | null | undefined,
  owner: string,
  { jobs }: Pick<Services, 'jobs'>,
): Promise<AsyncIterableIterator<JobEvent>> {
  const jobId = globalId == null ? await newestJob(owner, jobs) : decodeJobId(globalId, ['jobId']);
  const events = await jobs.watch(jobId);
  if (typeof events === 'string') throw absent(jobId, events, ['jobId']);
  return events;
}

async function newestJob(owner: string, jobs: Services['jobs']): Promise<string> {
  const [newest] = await jobs.list({ limit: 1, from: 'newest', owner });
  if (newest) return newest.id;
  throw new InputError('NOT_FOUND', ['jobId'], 'jobId is missing, and you have no job yet');
}
