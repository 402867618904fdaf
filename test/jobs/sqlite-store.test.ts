import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { canceled, started, succeeded } from '../../src/jobs/lifecycle.ts';
import { JobDatabase } from '../../src/jobs/sqlite/database.ts';
import { JobStore } from '../../src/jobs/sqlite/store.ts';
import { jobImage, storedJob, temporaryFolder, textToImage } from './fixtures.ts';

describe('the records in the database', () => {
  const job = storedJob({ queuePosition: null, createdAt: 0 });
  const running = started(job, { worker: 'w', device: 'cpu' }, 10);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let db: JobDatabase;
  let store: JobStore;

  beforeEach(async () => {
    folder = await temporaryFolder();
    db = new JobDatabase(folder.path);
    store = new JobStore(db);
  });
  afterEach(async () => {
    await db.close();
    await folder.remove();
  });

  it('hold every part of a job in each of its states, but not its position', () => {
    const states: Job[] = [
      { ...job, priority: 3, warnings: [textToImage], notBefore: 7 },
      running,
      succeeded({ ...running, step: 4, stepTime: 1.5 }, [jobImage()], 20),
      canceled(running, 20),
    ];
    for (const [i, state] of states.entries()) {
      const stored = store.insert({ ...job, id: `job-${i}`, queuePosition: 5 }, null);
      expect(store.change(stored, { ...state, id: `job-${i}` })?.revision).toBe(2);
      expect(store.find(`job-${i}`)).toEqual({ job: { ...state, id: `job-${i}` }, revision: 2 });
    }
  });

  it('change at their revision only: the second of two ends changes nothing', () => {
    const inserted = store.insert(job, null);
    const claimed = store.change(inserted, running)!;
    expect(store.change(inserted, running)).toBeUndefined();
    const first = canceled(running, 20);
    expect(store.change(claimed, first)).toEqual({ job: first, revision: 3 });
    expect(store.change(claimed, succeeded(running, [jobImage()], 21))).toBeUndefined();
    expect(store.find(job.id)).toEqual({ job: first, revision: 3 });
  });

  it('are not read where a row holds the record of another job', () => {
    store.insert(job, null);
    store.insert({ ...job, id: 'job-2' }, null);
    db.run('UPDATE jobs SET record = (SELECT record FROM jobs WHERE id = ?) WHERE id = ?', job.id, 'job-2');
    expect(store.find('job-2')).toBe('unreadable');
    expect(store.find(job.id)).toEqual({ job, revision: 1 });
  });

  it('of waiting jobs move past whatever events a killed process may have sent', () => {
    store.insert(job, null);
    const end = store.change(
      store.insert({ ...job, id: 'job-2' }, null),
      canceled({ ...job, id: 'job-2' }, 20),
    )!;
    store.skipUnwrittenEvents();
    expect(store.find(job.id)).toMatchObject({ revision: 2 });
    expect(store.find('job-2')).toEqual(end);
  });

  it('give the greatest id, even of a job that has expired', () => {
    expect(store.lastId()).toBeUndefined();
    const stored = store.insert(job, null);
    expect(store.lastId()).toBe(job.id);
    store.change(stored, canceled(job, 20));
    expect(store.expire(21, 10).jobs).toEqual([job.id]);
    expect(store.lastId()).toBe(job.id);
    expect(store.find(job.id)).toBe('expired');
    expect(store.find('another')).toBe('unknown');
  });

  it('expire by their ends, the oldest first, as many as it is told', () => {
    for (const end of [3, 1, 2]) {
      const one = { ...job, id: `job-${end}` };
      store.change(store.insert(one, null), canceled(one, end));
    }
    expect(store.expire(3, 1).jobs).toEqual(['job-1']);
    expect(store.expire(3, 9).jobs).toEqual(['job-2']);
    expect(store.expire(3, 9).jobs).toEqual([]);
    expect(store.find('job-3')).toMatchObject({ revision: 2 });
  });
});
