import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobDatabase, openJobDatabase } from '../../src/jobs/embedded-database.ts';
import { Statements } from '../../src/jobs/embedded-statements.ts';
import { JobTable } from '../../src/jobs/embedded-table.ts';
import { canceled, failed, started, succeeded } from '../../src/jobs/transitions.ts';
import { jobImage, storedJob, temporaryFolder } from './fixtures.ts';

describe('JobTable', () => {
  const job = storedJob({ queuePosition: null, createdAt: 0 });
  const nobody = { owner: '', idempotencyKey: null };
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: JobDatabase;
  let table: JobTable;

  beforeEach(async () => {
    folder = await temporaryFolder();
    database = openJobDatabase(folder.path);
    table = new JobTable(new Statements(database.sql));
    table.insert(job, nobody, 7);
  });
  afterEach(async () => {
    database.close();
    await folder.remove();
  });

  it('gives back every part of a job in each of its states', () => {
    const running = started(job, 10);
    const error = { code: 'SOURCE_LOST', message: 'the source is gone' } as const;
    const ends = [
      succeeded({ ...running, step: 4, warnings: ['w'] }, [jobImage()], 20),
      failed(running, error, 20),
      canceled(running, 20),
    ];
    for (const [i, end] of [job, running, ...ends].entries()) {
      const id = `01890000-0000-7000-8000-00000000000${i}`;
      table.insert({ ...end, id }, { owner: '', idempotencyKey: `key-${i}` }, 1);
      expect(table.find(id)).toEqual({ ...end, id });
    }
  });

  it('lets a job leave a state once: the second of two ends changes nothing', () => {
    const running = started(job, 10);
    expect(table.replace('QUEUED', running, 8)).toBe(true);
    expect(table.replace('QUEUED', running, 9)).toBe(false);
    const first = canceled(running, 20);
    expect(table.replace('RUNNING', first, 9)).toBe(true);
    expect(table.replace('RUNNING', succeeded(running, [jobImage()], 21), 10)).toBe(false);
    expect(table.find(job.id)).toEqual(first);
    expect(table.sequence(job.id)).toBe(9);
  });

  it('moves the numbering of unfinished jobs past whatever a killed process may have sent', () => {
    const ended = canceled(storedJob({ id: '01890000-0000-7000-8000-000000000001' }), 20);
    table.insert(ended, nobody, 9);
    table.skipUnwrittenEvents();
    expect(table.sequence(job.id)).toBe(1_000_007);
    expect(table.sequence(ended.id)).toBe(9);
  });

  it('remembers the greatest id, even of a job that has expired', () => {
    expect(table.lastId()).toBe(job.id);
    table.replace('QUEUED', canceled(job, 20), 8);
    expect(table.expire(21, 10).jobs).toEqual([job.id]);
    expect(table.lastId()).toBe(job.id);
    expect(table.find(job.id)).toBeUndefined();
    expect(table.isExpired(job.id)).toBe(true);
  });

  it('expires the oldest ends first, as many as it is told', () => {
    const ids = [3, 1, 2].map((end) => {
      const id = `01890000-0000-7000-8000-00000000000${end}`;
      table.insert(canceled(storedJob({ id, createdAt: 0 }), end), nobody, 1);
      return id;
    });
    expect(table.expire(3, 1).jobs).toEqual([ids[1]]);
    expect(table.expire(3, 9).jobs).toEqual([ids[2]]);
    expect(table.expire(3, 9).jobs).toEqual([]);
    expect(table.find(ids[0]!)).toBeDefined();
  });
});
