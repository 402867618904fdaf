import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { canceled, returned } from '../../../src/jobs/lifecycle.ts';
import { newJob } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

/** How a JobQueue shares itself between those who send jobs. */
export const describeTakingTurns = (q: QueueBench): void => {
  describe('taking turns', () => {
    /** Accepts a job for each letter, whose owner it is, and returns their ids. */
    const accept = async (owners: string, priority = 0): Promise<string[]> => {
      const ids: string[] = [];
      for (const owner of owners) ids.push((await q.queue.enqueue(newJob({ owner, priority }))).id);
      return ids;
    };
    const positions = async (ids: string[]) =>
      ((await q.queue.getMany(ids)) as Job[]).map(({ queuePosition }) => queuePosition);

    it('takes jobs of one priority from their owners by turns, whoever sent more or earlier', async () => {
      const ids = await accept('aaaabbc');
      expect(await positions(ids)).toEqual([0, 3, 5, 6, 1, 4, 2]);
      q.start();
      const order: number[] = [];
      for (const _ of ids) {
        const { job, succeed } = await q.handler.next();
        order.push(ids.indexOf(job.id));
        succeed();
      }
      expect(order).toEqual([0, 4, 6, 1, 5, 2, 3]);
    });

    it('puts a higher priority before every turn', async () => {
      const low = await accept('ab');
      const high = await accept('aab', 1);
      expect(await positions([...high, ...low])).toEqual([0, 2, 1, 3, 4]);
    });

    it('gives an owner who comes late the next turn but one, not one for every job of the others', async () => {
      const first = await accept('aaaaaa');
      q.start();
      for (let i = 0; i < 3; i++) (await q.handler.next()).succeed();
      await q.handler.next();
      const late = await accept('b');
      expect((await positions(late))[0]).toBeLessThanOrEqual(1);
      expect((await positions(first.slice(4))).every((position) => position! <= 2)).toBe(true);
    });

    it('lets an owner who sends one job after the other take turns with one who sent many', async () => {
      await accept('aaaaaaaaaa');
      q.start();
      let served = '';
      for (let i = 0; i < 8; i++) {
        const { job, succeed } = await q.handler.next();
        served += job.owner;
        if (job.owner === 'b' || i === 0) await accept('b');
        succeed();
      }
      expect(served).toBe('abababab');
    });

    it('gives a job that waits again its place before the others of its owner', async () => {
      const ids = await accept('aab');
      const lease = await q.claimed();
      await lease.finish(returned(lease.job, q.clock.now()));
      expect(await positions(ids)).toEqual([0, 2, 1]);
    });

    it('gives positions that agree with the order, whatever comes, starts, returns and goes', async () => {
      let state = 99;
      const random = (below: number) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const ids: string[] = [];
      for (let i = 0; i < 60; i++) {
        const action = random(10);
        if (action < 7) ids.push(...(await accept('abcd'[random(4)]!, random(2))));
        else if (action < 8) await q.queue.cancel(ids[random(ids.length)] ?? '');
        else {
          const lease = await q.claim();
          const end = random(2) ? returned : canceled;
          if (lease) await lease.finish(end(lease.job, q.clock.now()));
        }
      }
      const waiting = await q.queue.list({ status: ['QUEUED'], limit: 100, from: 'newest' });
      const expected = waiting.toSorted((a, b) => a.queuePosition! - b.queuePosition!);
      expect(expected.map(({ queuePosition }) => queuePosition)).toEqual(expected.map((_, index) => index));
      const order: string[] = [];
      for (let lease; (lease = await q.claim());) order.push(lease.job.id);
      expect(order).toEqual(expected.map(({ id }) => id));
    });

    it('does not count canceled jobs against their owner', async () => {
      const [first, ...rest] = await accept('aaaa');
      const others = await accept('bbb');
      for (const id of rest.slice(0, 2)) await q.queue.cancel(id);
      expect(await positions([first!, rest[2]!, ...others])).toEqual([0, 2, 1, 3, 4]);
    });

    it('keeps to it after a restart', async () => {
      const ids = await accept('aaabb');
      const before = await positions(ids);
      await q.reopen();
      expect(await positions(ids)).toEqual(before);
    });

    it('keeps the idempotency keys of different owners apart', async () => {
      const a = await q.queue.enqueue(newJob({ owner: 'a', idempotencyKey: 'key' }));
      const b = await q.queue.enqueue(newJob({ owner: 'b', idempotencyKey: 'key' }));
      expect(b.id).not.toBe(a.id);
      expect((await q.queue.findByKey('a', 'key'))?.id).toBe(a.id);
    });
  });
};
