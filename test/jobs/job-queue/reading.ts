import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import type { JobQueue } from '../../../src/jobs/ports.ts';
import { latent, newJob } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

/** How the jobs of a JobQueue are read. */
export const describeReading = (q: QueueBench): void => {
  describe('reading', () => {
    it('does not know an id that was never given', async () => {
      expect(await q.jobs.get('01890000-0000-7000-8000-000000000000')).toBe('unknown');
      expect(await q.jobs.get("'; DROP TABLE jobs; --")).toBe('unknown');
    });

    it('returns many jobs in the order of the ids, repeated and unknown ones included', async () => {
      const a = await q.jobs.enqueue(newJob());
      const b = await q.jobs.enqueue(newJob());
      expect(await q.jobs.getMany([b.id, 'nonsense', a.id, b.id])).toEqual([b, 'unknown', a, b]);
      expect(await q.jobs.getMany([])).toEqual([]);
    });

    it('lists newest first, from either end of a range', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) {
        q.clock.time += i % 2; // some share a millisecond
        ids.unshift((await q.jobs.enqueue(newJob({ priority: i }))).id);
      }
      const list = async (query: Parameters<JobQueue['list']>[0]) =>
        (await q.jobs.list(query)).map(({ id }) => ids.indexOf(id));
      expect(await list({ limit: 10, from: 'newest' })).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await list({ limit: 2, from: 'newest' })).toEqual([0, 1]);
      expect(await list({ limit: 2, from: 'oldest' })).toEqual([4, 5]);
      expect(await list({ limit: 2, from: 'newest', olderThan: ids[1]! })).toEqual([2, 3]);
      expect(await list({ limit: 2, from: 'oldest', newerThan: ids[4]! })).toEqual([2, 3]);
      expect(await list({ limit: 9, from: 'newest', olderThan: ids[1]!, newerThan: ids[4]! })).toEqual([
        2, 3,
      ]);
      expect(await list({ limit: 9, from: 'newest', olderThan: ids[5]! })).toEqual([]);
    });

    it('lists the jobs of some statuses only', async () => {
      const a = await q.jobs.enqueue(newJob());
      const b = await q.jobs.enqueue(newJob());
      const c = await q.jobs.enqueue(newJob());
      await q.jobs.cancel(b.id);
      const list = async (status: Job['status'][], from: 'newest' | 'oldest' = 'newest', limit = 9) =>
        (await q.jobs.list({ status, limit, from })).map(({ id }) => id);
      expect(await list(['QUEUED'])).toEqual([c.id, a.id]);
      expect(await list(['CANCELED'])).toEqual([b.id]);
      expect(await list(['QUEUED', 'CANCELED', 'QUEUED'])).toEqual([c.id, b.id, a.id]);
      expect(await list(['QUEUED', 'CANCELED'], 'oldest', 2)).toEqual([b.id, a.id]);
      expect(await list(['RUNNING', 'FAILED'])).toEqual([]);
      expect(await list([])).toEqual([]);
    });

    it('shows the progress of the running job wherever it is read', async () => {
      q.jobs.process(q.handler.handle);
      const job = await q.jobs.enqueue(newJob());
      const { run } = await q.handler.next();
      run.progress({ stage: 'SAMPLING', totalSteps: 3 });
      q.clock.time += 1000;
      run.progress({ step: 1 }, { sigma: 7, preview: latent(1) });
      const expected = { status: 'RUNNING', stage: 'SAMPLING', step: 1, totalSteps: 3, etaSeconds: 2 };
      expect(await q.jobs.get(job.id)).toMatchObject(expected);
      expect((await q.jobs.getMany([job.id]))[0]).toMatchObject(expected);
      expect((await q.jobs.list({ limit: 1, from: 'newest' }))[0]).toMatchObject(expected);
      expect(await q.jobs.counts()).toEqual({ waiting: 0, running: 1 });
    });
  });
};
