import type { Job } from '../job.ts';
import type { JobFilter } from '../queue.ts';

/** A record, and the revision that whoever changes it next must know. */
export interface StoredJob {
  readonly job: Job;
  readonly revision: number;
}

/** `unreadable`: there is a record, but it is not a job. */
export type Lookup = StoredJob | 'missing' | 'unreadable';

/** What is read of a row. */
export interface Row {
  readonly id: string;
  readonly revision: number;
  readonly record: string;
}

/** The job as JSON, without what the reader fills in. */
export const recordOf = (job: Job): string => JSON.stringify({ ...job, queuePosition: null });

/** The job of a row; undefined if its record is not a job, as far as this version needs to know. Unknown fields are kept. */
export function read({ id, revision, record }: Row): StoredJob | undefined {
  try {
    const job = JSON.parse(record) as Partial<Job> | null;
    if (job?.id !== id || typeof job.request !== 'object' || !Array.isArray(job.history)) return undefined;
    return { job: job as Job, revision };
  } catch {
    return undefined;
  }
}

/** What a filter asks of the columns of `jobs`, besides the status. */
export function conditionsOf({ owner, model, text, tags, createdFrom, createdBefore }: JobFilter): {
  where: string;
  values: (string | number)[];
} {
  const conditions: [string, string | number | undefined][] = [
    ['owner = ?', owner],
    ['model = ?', model],
    ["prompts LIKE ? ESCAPE '\\'", text === undefined ? undefined : `%${text.replace(/[\\%_]/g, '\\$&')}%`],
    ...(tags ?? []).map((tag): [string, string] => [
      'EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)',
      tag,
    ]),
    ['created_at >= ?', createdFrom],
    ['created_at < ?', createdBefore],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  return {
    where: given.map(([condition]) => `AND ${condition}`).join(' '),
    values: given.map(([, value]) => value!),
  };
}
