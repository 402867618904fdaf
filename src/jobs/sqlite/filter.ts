import type { JobFilter } from '../queue.ts';

/** What a filter asks of the columns of `jobs`, besides the status. */
export function conditionOf(filter: Omit<JobFilter, 'status'>): {
  readonly text: string;
  readonly values: readonly (string | number)[];
} {
  const { owner, model, text, tags = [], createdFrom, createdBefore } = filter;
  const all: [string, string | number | undefined][] = [
    ['owner = ?', owner],
    ['model = ?', model],
    ["prompts LIKE ? ESCAPE '\\'", text === undefined ? undefined : `%${text.replace(/[\\%_]/g, '\\$&')}%`],
    ...tags.map((tag): [string, string] => ['EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', tag]),
    ['created_at >= ?', createdFrom],
    ['created_at < ?', createdBefore],
  ];
  const asked = all.filter((one): one is [string, string | number] => one[1] !== undefined);
  return {
    text: ['TRUE', ...asked.map(([condition]) => condition)].join(' AND '),
    values: asked.map(([, value]) => value),
  };
}
