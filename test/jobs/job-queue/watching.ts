import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { canceled, succeeded } from '../../../src/jobs/lifecycle.ts';
import type { Lease } from '../../../src/jobs/queue.ts';
import { ended, jobImage, latent, newJob, read, readAll } from '../fixtures.ts';
import { type QueueBench, until } from './queue-bench.ts';

/** What the subscribers of a store are sent. */
export const describeWatching = (q: QueueBench): void => {
  describe('watching', () => {
    const stage = (lease: Lease, name: Job['stage']) => {
      lease.report({ ...lease.job, stage: name });
    };
    const step = (lease: Lease, n: number) => {
      lease.report({ ...lease.job, stage: 'SAMPLING', step: n }, { sigma: 1, preview: latent(n) });
    };
    const succeed = (lease: Lease) => lease.finish(succeeded(lease.job, [jobImage()], q.clock.now()));

    it('gives a late subscriber the last step with its preview first', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const early = await q.watch({ id });
      const lease = await q.claimed();
      step(lease, 3);
      await until(early, ({ job }) => job.step === 3);
      expect(await read(await q.watch({ id }), 1)).toMatchObject([{ preview: latent(3), job: { step: 3 } }]);
      stage(lease, 'DECODING');
      await until(early, ({ job }) => job.stage === 'DECODING');
      expect(await read(await q.watch({ id }), 1)).toMatchObject([
        { type: 'stage', preview: latent(3), job: { stage: 'DECODING' } },
      ]);
      await succeed(lease);
    });

    it('gives one that joins after the end the terminal event alone, also after a restart', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const early = await q.watch({ id });
      await succeed(await q.claimed());
      const last = (await readAll(early)).at(-1)!;
      expect(last).toMatchObject({ type: 'completed', job: { status: 'SUCCEEDED', images: [jobImage()] } });
      expect(await readAll(await q.watch({ id }))).toEqual([last]);
      await q.reopen();
      expect(await readAll(await q.watch({ id }))).toEqual([last]);
    });

    it('knows which jobs there are to watch', async () => {
      expect(await q.queue.watch('nonsense')).toBe('unknown');
      const { id } = await q.queue.enqueue(newJob());
      await q.queue.cancel(id);
      await q.queue.remove(id);
      expect(await q.queue.watch(id)).toBe('expired');
    });

    it('lets a slow reader miss steps and positions, never another change', async () => {
      const first = await q.queue.enqueue(newJob({ priority: 1 }));
      const { id } = await q.queue.enqueue(newJob());
      const [slow, quick] = [await q.watch({ id }), await q.watch({ id })];
      await read(slow, 1);
      await q.queue.cancel(first.id);
      await until(quick, ({ job }) => job.queuePosition === 0);
      const lease = await q.claimed();
      for (const n of [1, 2, 3]) {
        step(lease, n);
        await until(quick, ({ job }) => job.step === n);
      }
      stage(lease, 'DECODING');
      await until(quick, ({ job }) => job.stage === 'DECODING');
      const seen = await read(slow, 4);
      expect(seen.map(({ type, job }) => [type, job.stage, job.step])).toEqual([
        ['queued', 'WAITING', 0],
        ['stage', 'LOADING_MODEL', 0],
        ['step', 'SAMPLING', 3],
        ['stage', 'DECODING', 0],
      ]);
      expect(seen[0]!.job.queuePosition).toBe(0);
      await succeed(lease);
    });

    it('drops a waiting step when the end comes, and keeps the changes before it', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const watch = await q.watch({ id });
      const lease = await q.claimed();
      step(lease, 1);
      await until(await q.watch({ id }), ({ job }) => job.step === 1);
      await succeed(lease);
      await ended(q.queue, id);
      expect((await readAll(watch)).map(({ type }) => type)).toEqual(['queued', 'stage', 'completed']);
    });

    it('keeps a bounded number of events for a reader that never reads', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const [watch, quick] = [await q.watch({ id }), await q.watch({ id })];
      const lease = await q.claimed();
      for (let n = 1; n <= 5000; n++) step(lease, n);
      await until(quick, ({ job }) => job.step === 5000);
      await succeed(lease);
      await readAll(quick);
      const seen = await readAll(watch);
      expect(seen.map(({ type }) => type)).toEqual(['queued', 'stage', 'completed']);
    });

    it('serves any number of subscribers, each as fast as it reads', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const slow = await q.watch({ id });
      const quick = await Promise.all(Array.from({ length: 1000 }, () => q.watch({ id })));
      const all = async () => (await Promise.all(quick.map((watch) => read(watch, 1)))).flat();
      const same = async () => new Set(await all()).size;
      await all();
      const lease = await q.claimed();
      expect(await same()).toBe(1);
      for (const n of [1, 2, 3]) {
        step(lease, n);
        expect(await same()).toBe(1);
      }
      await succeed(lease);
      expect((await all()).every(({ type }) => type === 'completed')).toBe(true);
      expect((await readAll(slow)).map(({ type }) => type)).toEqual(['queued', 'stage', 'completed']);
    });

    it('sends each job to its own subscribers only', async () => {
      const [one, other] = [await q.queue.enqueue(newJob()), await q.queue.enqueue(newJob())];
      const watch = await q.watch(other);
      const lease = await q.claimed();
      step(lease, 1);
      await succeed(lease);
      await ended(q.queue, one.id);
      await q.queue.cancel(other.id);
      const seen = await readAll(watch);
      expect(seen.every(({ job }) => job.id === other.id)).toBe(true);
      expect(seen.at(-1)).toMatchObject({ type: 'canceled' });
    });

    it('sends nothing to a subscriber that has left, though others stay', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const [leaving, staying] = [await q.watch({ id }), await q.watch({ id })];
      await read(leaving, 1);
      const pending = leaving.next();
      expect(await leaving.return!()).toEqual({ value: undefined, done: true });
      expect(await pending).toEqual({ value: undefined, done: true });
      await q.claimed();
      await q.queue.cancel(id);
      expect(await readAll(leaving)).toEqual([]);
      expect((await readAll(staying)).map(({ type }) => type)).toEqual(['queued', 'stage', 'canceled']);
    });

    it('answers several reads at once in order, and all of them at the end', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const watch = await q.watch({ id });
      const reads = [1, 2, 3, 4].map(() => watch.next());
      await q.claimed();
      await q.queue.cancel(id);
      const results = await Promise.all(reads);
      expect(results.map(({ value, done }) => (done ? 'done' : value.type))).toEqual([
        'queued',
        'stage',
        'canceled',
        'done',
      ]);
    });

    it('tells the watchers of waiting jobs when their positions change', async () => {
      const first = await q.queue.enqueue(newJob());
      const second = await q.queue.enqueue(newJob());
      const third = await q.queue.enqueue(newJob());
      const watch = await q.watch(third);
      const positions = async (count: number) =>
        (await read(watch, count)).map(({ type, job }) => [type, job.queuePosition]);
      expect(await positions(1)).toEqual([['queued', 2]]);
      await q.queue.cancel(second.id);
      expect(await positions(1)).toEqual([['queued', 1]]);
      await q.queue.enqueue(newJob({ priority: 1 }));
      expect(await positions(1)).toEqual([['queued', 2]]);
      await q.queue.cancel(first.id);
      expect(await positions(1)).toEqual([['queued', 1]]);
    });

    it('ends with the store, which keeps the last state for those that read it later', async () => {
      const { id } = await q.queue.enqueue(newJob());
      const [watch, unread] = [await q.watch({ id }), await q.watch({ id })];
      const changes = q.queue.changes();
      await read(watch, 1);
      const [event, change] = [watch.next(), changes.next()];
      await q.close();
      expect(await event).toEqual({ value: undefined, done: true });
      expect(await change).toEqual({ value: undefined, done: true });
      expect(await readAll(unread)).toMatchObject([{ type: 'queued', job: { id } }]);
      await q.open();
    });
  });

  describe('the changes of every job', () => {
    it('are new jobs and new statuses, of every owner, not progress', async () => {
      const changes = q.queue.changes();
      const next = async () => {
        const [job] = await read(changes, 1);
        return [job!.id, job!.status];
      };
      const one = await q.queue.enqueue(newJob({ owner: 'aa' }));
      expect(await next()).toEqual([one.id, 'QUEUED']);
      const other = await q.queue.enqueue(newJob({ owner: 'bb' }));
      expect(await next()).toEqual([other.id, 'QUEUED']);
      const lease = await q.claimed();
      expect(await next()).toEqual([one.id, 'RUNNING']);
      lease.report({ ...lease.job, stage: 'SAMPLING', step: 1 }, { sigma: 1, preview: latent(1) });
      await lease.finish(succeeded(lease.job, [], q.clock.now()));
      expect(await next()).toEqual([one.id, 'SUCCEEDED']);
      await q.queue.cancel(other.id);
      expect(await next()).toEqual([other.id, 'CANCELED']);
      await changes.return!();
      await q.queue.enqueue(newJob());
      expect(await readAll(changes)).toEqual([]);
    });

    it('reach a slow reader as the last state of each job', async () => {
      const [slow, quick] = [q.queue.changes(), q.queue.changes()];
      const one = await q.queue.enqueue(newJob());
      const other = await q.queue.enqueue(newJob());
      await read(quick, 2);
      const lease = await q.claimed();
      await read(quick, 1);
      await lease.finish(canceled(lease.job, q.clock.now()));
      await read(quick, 1);
      expect(await read(slow, 2)).toMatchObject([
        { id: other.id, status: 'QUEUED' },
        { id: one.id, status: 'CANCELED' },
      ]);
    });
  });
};
