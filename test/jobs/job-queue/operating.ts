import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { ended, jobImage, newJob, request } from '../fixtures.ts';
import { type QueueBench, until } from './queue-bench.ts';

const hash = (digit: string): string => digit.repeat(64);

/** What an operator can do with the jobs. */
export const describeOperating = (q: QueueBench): void => {
  const of = (model: string) => q.queue.enqueue(newJob({ request: request({ model }) }));
  const positions = async (jobs: readonly Pick<Job, 'id'>[]) =>
    ((await q.queue.getMany(jobs.map(({ id }) => id))) as Job[]).map(({ queuePosition }) => queuePosition);

  describe('pausing', () => {
    it('hands out no jobs, also after a restart, until it is resumed; they are accepted all the same', async () => {
      await q.queue.pause(null);
      await q.queue.pause(null);
      const job = await of('starter');
      expect(await q.claim()).toBeUndefined();
      await q.reopen();
      expect(await q.queue.paused()).toEqual({ all: true, models: [] });
      expect(await q.claim()).toBeUndefined();
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED', queuePosition: 0 });
      await q.queue.resume(null);
      await q.queue.resume(null);
      expect(await q.queue.paused()).toEqual({ all: false, models: [] });
      expect((await q.claimed()).job.id).toBe(job.id);
    });

    it('holds back the jobs of one model, and no others', async () => {
      await q.queue.pause('starter');
      const held = await of('starter');
      const other = await of('other');
      expect((await q.claimed()).job.id).toBe(other.id);
      expect(await q.claim()).toBeUndefined();
      await q.queue.resume('starter');
      expect((await q.claimed()).job.id).toBe(held.id);
    });

    it('keeps pauses of different extents apart', async () => {
      await q.queue.pause('third');
      await q.queue.pause('other');
      await q.queue.pause(null);
      expect(await q.queue.paused()).toEqual({ all: true, models: ['other', 'third'] });
      const jobs = [await of('other'), await of('starter')];
      await q.queue.resume('other');
      expect(await q.claim()).toBeUndefined();
      await q.queue.pause('other');
      await q.queue.resume(null);
      expect(await q.queue.paused()).toEqual({ all: false, models: ['other', 'third'] });
      expect((await q.claimed()).job.id).toBe(jobs[1]!.id);
      expect(await q.claim()).toBeUndefined();
    });

    it('lets what runs go on, and wakes the runner when it ends', async () => {
      q.start();
      const job = await of('starter');
      const { run, succeed } = await q.handler.next();
      await q.queue.pause(null);
      const held = await of('starter');
      expect(run.signal.aborted).toBe(false);
      succeed();
      expect(await ended(q.queue, job.id)).toMatchObject({ status: 'SUCCEEDED' });
      expect(q.handler.unasked).toBe(0);
      await q.queue.resume(null);
      expect((await q.handler.next()).job.id).toBe(held.id);
    });
  });

  describe('changing a priority', () => {
    it('moves a waiting job behind those that have it already, also after a restart', async () => {
      const [first, urgent, last] = [
        await q.queue.enqueue(newJob()),
        await q.queue.enqueue(newJob({ priority: 5 })),
        await q.queue.enqueue(newJob()),
      ];
      const changed = { ...last, priority: 5, queuePosition: 1 };
      expect(await q.queue.setPriority(last.id, 5)).toEqual({ outcome: 'changed', job: changed });
      expect(await positions([first, urgent, last])).toEqual([2, 0, 1]);
      await q.reopen();
      expect(await positions([first, urgent, last])).toEqual([2, 0, 1]);
      expect(await q.present(last)).toEqual(changed);
      await q.queue.setPriority(urgent.id, -5);
      const order = [];
      for (let i = 0; i < 3; i++) order.push((await q.claimed()).job.id);
      expect(order).toEqual([last.id, first.id, urgent.id]);
    });

    it('keeps the turns of the owners', async () => {
      const jobs = [];
      for (const owner of 'aaabb') jobs.push(await q.queue.enqueue(newJob({ owner })));
      for (const { id } of jobs) await q.queue.setPriority(id, 1);
      expect(await positions(jobs)).toEqual([0, 2, 4, 1, 3]);
    });

    it('tells the watchers of every job that it moves', async () => {
      const [first, last] = [await q.queue.enqueue(newJob()), await q.queue.enqueue(newJob())];
      const watches = [await q.watch(first), await q.watch(last)] as const;
      await q.queue.setPriority(last.id, 1);
      await until(watches[0], ({ job }) => job.queuePosition === 1);
      await until(watches[1], ({ job }) => job.priority === 1 && job.queuePosition === 0);
    });

    it('changes nothing of a job that does not wait', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const { succeed } = await q.handler.next();
      expect(await q.queue.setPriority(job.id, 1)).toMatchObject({
        outcome: 'not-waiting',
        job: { status: 'RUNNING', priority: 0 },
      });
      succeed();
      const finished = await ended(q.queue, job.id);
      expect(await q.queue.setPriority(job.id, 1)).toEqual({ outcome: 'not-waiting', job: finished });
      expect(await q.queue.setPriority('nonsense', 1)).toEqual({ outcome: 'unknown' });
    });
  });

  describe('removing', () => {
    it('forgets an ended job, and gives up what it alone referred to', async () => {
      q.start();
      const finish = async (source: string, image: string) => {
        const from = { sha256: hash(source), width: 1, height: 1 };
        const { id } = await q.queue.enqueue(
          newJob({ request: request({ source: from }), idempotencyKey: image }),
        );
        (await q.handler.next()).succeed([jobImage({ sha256: hash(image) })]);
        await ended(q.queue, id);
        return id;
      };
      const ids = [await finish('a', 'b'), await finish('a', 'c')] as const;
      expect(await q.queue.remove(ids[0])).toEqual({ outcome: 'removed', objects: [hash('b')] });
      expect(await q.queue.get(ids[0])).toBe('expired');
      expect(await q.queue.findByKey('', 'b')).toBeUndefined();
      expect((await q.queue.list({ limit: 9, from: 'newest' })).map(({ id }) => id)).toEqual([ids[1]]);
      expect(await q.queue.objectUses(['a', 'b', 'c'].map(hash))).toEqual(['used', 'expired', 'used']);
      const { objects } = (await q.queue.remove(ids[1])) as { objects: readonly string[] };
      expect(objects.toSorted()).toEqual([hash('a'), hash('c')]);
      expect(await q.queue.remove(ids[1])).toEqual({ outcome: 'expired' });
      await q.reopen();
      expect(await q.queue.get(ids[1])).toBe('expired');
    });

    it('keeps a job that has not ended', async () => {
      const job = await q.queue.enqueue(newJob());
      expect(await q.queue.remove(job.id)).toEqual({ outcome: 'not-finished', job });
      await q.claimed();
      expect(await q.queue.remove(job.id)).toMatchObject({
        outcome: 'not-finished',
        job: { status: 'RUNNING' },
      });
      expect(await q.queue.remove('nonsense')).toEqual({ outcome: 'unknown' });
    });
  });
};
