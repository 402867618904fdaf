import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import type { JobFilter, JobQueue } from '../../../src/jobs/queue.ts';
import { newJob, request } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

/** How a store lists and counts its jobs. */
export const describeListing = (q: QueueBench): void => {
  describe('listing', () => {
    it('lists newest first, from either end of a range', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) {
        q.clock.time += i % 2; // some share a millisecond
        ids.unshift((await q.queue.enqueue(newJob({ priority: i }))).id);
      }
      const list = async (query: Parameters<JobQueue['list']>[0]) =>
        (await q.queue.list(query)).map(({ id }) => ids.indexOf(id));
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
      const a = await q.queue.enqueue(newJob());
      const b = await q.queue.enqueue(newJob());
      const c = await q.queue.enqueue(newJob());
      await q.queue.cancel(b.id);
      const list = async (status: Job['status'][], from: 'newest' | 'oldest' = 'newest', limit = 9) =>
        (await q.queue.list({ status, limit, from })).map(({ id }) => id);
      expect(await list(['QUEUED'])).toEqual([c.id, a.id]);
      expect(await list(['CANCELED'])).toEqual([b.id]);
      expect(await list(['QUEUED', 'CANCELED', 'QUEUED'])).toEqual([c.id, b.id, a.id]);
      expect(await list(['QUEUED', 'CANCELED'], 'oldest', 2)).toEqual([b.id, a.id]);
      expect(await list(['RUNNING', 'FAILED'])).toEqual([]);
      expect(await list([])).toEqual([]);
    });

    it('lists and counts by owner, model, text, time and status, all of which must hold', async () => {
      const send = async (changes: Partial<Job['request']>, owner = 'aa') => {
        q.clock.time += 1000;
        return (await q.queue.enqueue(newJob({ request: request(changes), owner }))).id;
      };
      const ids = [
        await send({ prompt: 'A red Fox' }),
        await send({ prompt: 'a dog', negativePrompt: 'fox' }),
        await send({ prompt: '100 % fox_tail', model: 'other' }, 'bb'),
        await send({ prompt: '100 x foxytail', model: 'other' }, 'bb'),
      ];
      await q.queue.cancel(ids[3]!);
      const matches = async (filter: JobFilter) => {
        const found = await q.queue.list({ ...filter, limit: 9, from: 'oldest' });
        expect(await q.queue.count(filter)).toBe(found.length);
        return found.map(({ id }) => ids.indexOf(id)).toReversed();
      };
      expect(await matches({})).toEqual([0, 1, 2, 3]);
      expect(await matches({ owner: 'aa' })).toEqual([0, 1]);
      expect(await matches({ owner: '' })).toEqual([]);
      expect(await matches({ model: 'other' })).toEqual([2, 3]);
      expect(await matches({ text: 'FOX' })).toEqual([0, 1, 2, 3]);
      expect(await matches({ text: 'red f' })).toEqual([0]);
      expect(await matches({ text: '0 % f' })).toEqual([2]);
      expect(await matches({ text: 'x_t' })).toEqual([2]);
      expect(await matches({ text: 'dog\nfox' })).not.toContain(0);
      const second = q.clock.time - 2000;
      expect(await matches({ createdFrom: second })).toEqual([1, 2, 3]);
      expect(await matches({ createdBefore: second })).toEqual([0]);
      expect(await matches({ createdFrom: second, createdBefore: second + 1 })).toEqual([1]);
      expect(await matches({ status: ['CANCELED'] })).toEqual([3]);
      expect(await matches({ status: ['QUEUED'], model: 'other', text: 'fox', owner: 'bb' })).toEqual([2]);
      expect(await matches({ status: ['QUEUED'], owner: 'aa', createdFrom: second + 1 })).toEqual([]);
    });

    it('lists and counts by tags, all of which must hold', async () => {
      const send = async (tags?: string[]) =>
        (await q.queue.enqueue(newJob({ ...(tags && { tags }), metadata: { shot: tags?.length ?? 0 } }))).id;
      const [both, one] = [await send(['cat', 'wip']), await send(['cat'])];
      await send();
      const found = async (tags: string[]) => {
        const jobs = await q.queue.list({ tags, limit: 9, from: 'oldest' });
        expect(await q.queue.count({ tags })).toBe(jobs.length);
        return jobs.map(({ id }) => id);
      };
      expect(await found(['cat'])).toEqual([one, both]);
      expect(await found(['wip', 'cat'])).toEqual([both]);
      expect(await found(['ca'])).toEqual([]);
      expect(await found([])).toHaveLength(3);
      expect(await q.queue.get(both)).toMatchObject({ tags: ['cat', 'wip'], metadata: { shot: 2 } });
    });

    it('pages through what a filter leaves', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) {
        const model = i % 2 ? 'other' : 'starter';
        ids.unshift((await q.queue.enqueue(newJob({ request: request({ model }) }))).id);
      }
      const list = async (query: Partial<Parameters<JobQueue['list']>[0]>) =>
        (await q.queue.list({ model: 'starter', limit: 2, from: 'newest', ...query })).map(({ id }) =>
          ids.indexOf(id),
        );
      expect(await list({})).toEqual([0, 2]);
      expect(await list({ olderThan: ids[2]! })).toEqual([4, 6]);
      expect(await list({ olderThan: ids[6]! })).toEqual([]);
      expect(await list({ from: 'oldest' })).toEqual([4, 6]);
      expect(await list({ from: 'oldest', newerThan: ids[4]! })).toEqual([0, 2]);
    });
  });
};
