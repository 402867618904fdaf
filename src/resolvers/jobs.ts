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

/** Reads a job together with all others that the same request asks for; see `presentJob`. */
export const findJob = async (id: string, jobs: JobLoader): Promise<Job | null> =>
  presentJob(id, await jobs.load(id));

/** The job, or null if there never was one. Throws InputError EXPIRED or RECORD_UNREADABLE. */
export function presentJob(id: string, found: Job | JobAbsence): Job | null {
  if (typeof found !== 'string') return found;
  if (found === 'unknown') return null;
  throw absent(id, found);
}

/** Why a job cannot be had, as an error of `field`: NOT_FOUND, EXPIRED or RECORD_UNREADABLE. */
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

/** Gathers the jobs that one request asks for into one read. Nothing is remembered: a job changes while a request lasts. */
export const createJobLoader = (jobs: JobQueue): JobLoader =>
  new DataLoader((ids) => jobs.getMany(ids), { cache: false });

/** A page of jobs, newest first; `before` and `after` are job ids. */
export interface JobPage {
  readonly filter: JobFilter;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly limit: number;
  /** Take the page from the end of the list (its oldest jobs), which then come first. */
  readonly inverted: boolean;
}

/** Entries of a page that says nothing, and the most that one may ask for. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** The length of a page. Throws InputError for one beyond its bounds, or for both at once, which nobody means. */
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
 * The jobs of a page, in the order of the page. Throws InputError for a cursor that no page gave.
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

/** Which jobs a list is about, as it arrives: null means any. */
export type JobFilterArguments = {
  readonly [Name in keyof JobFilter]?: JobFilter[Name] | null | undefined;
};

/** Characters that are looked for in prompts; every job is searched. */
const MAX_SEARCH_LENGTH = 200;

/** The filter that was given. Throws InputError for more tags than a job can have, or a text that is too long. */
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

/** A page; an empty one has no cursors, where the library would return those that were asked for, or empty ones. */
export const withoutCursors = <Page extends { edges: readonly unknown[]; pageInfo: object }>(
  page: Page,
): Page =>
  page.edges.length > 0
    ? page
    : { ...page, pageInfo: { ...page.pageInfo, startCursor: null, endCursor: null } };

/** When a job may be removed, milliseconds since the epoch; null before it has ended, and where nothing is removed. */
export const expiryOf = ({ finishedAt }: Job, { retention }: Pick<Config, 'retention'>): number | null =>
  finishedAt === null || retention === 0 ? null : finishedAt + retention;

/** What a request to stop a job did. */
export const CANCEL_RESULTS = ['CANCELED', 'ALREADY_CANCELED', 'ALREADY_FINISHED'] as const;
export type CancelResult = (typeof CANCEL_RESULTS)[number];

/** The job after a request to stop it, and what that did; null if there is no job. */
export interface CancelJobPayload extends JobPayload {
  readonly result: CancelResult | null;
}

/** Stops a job; one that has ended is returned as it is. An absent one is a user error: INVALID_VALUE, NOT_FOUND or EXPIRED. */
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
 * The present state of a job, then its events until it ends; without an id, of the newest job of `owner`. Throws InputError
 * for an absent job.
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
