import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { ended, newJob, readAll, request } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

/** What a store does with records that this version did not write, or that nobody can read. */
export const describeForeignRecords = (q: QueueBench): void => {
  const listed = async () => (await q.queue.list({ limit: 9, from: 'newest' })).map(({ id }) => id);

  describe('records of a newer version', () => {
    const changed = (changes: object) => (record: string) =>
      JSON.stringify({ ...(JSON.parse(record) as object), ...changes });

    it.each([
      ['a sampler', { samplerName: 'sampler_of_tomorrow' }],
      ['a scheduler', { scheduler: 'scheduler_of_tomorrow' }],
      ['a resize mode', { resizeMode: 'STRETCH_A_LITTLE' }],
      ['a noise device', { noiseDevice: 'TPU' }],
    ])('with %s that is unknown wait for a newer worker, and hold up nobody', async (_what, changes) => {
      const foreign = { ...request(), ...changes } as Job['request'];
      const job = await q.queue.enqueue(newJob({ request: foreign, priority: 1 }));
      const ours = await q.queue.enqueue(newJob());
      q.start();
      const { job: claimed, succeed } = await q.handler.next();
      expect(claimed.id).toBe(ours.id);
      succeed();
      await ended(q.queue, ours.id);
      expect(await q.present(job)).toEqual({ ...job, queuePosition: 0 });
      expect(await listed()).toEqual([ours.id, job.id]);
      expect((await q.queue.waiting(9)).get('starter')).toMatchObject([{ id: job.id }]);
      await q.runner!.close();
      expect((await q.claimed({ whyNot: () => null })).job.request).toEqual(foreign);
    });

    it('with a greater format wait for a newer worker, with all that they hold', async () => {
      const job = await q.queue.enqueue(newJob({ priority: 1 }));
      const ours = await q.queue.enqueue(newJob());
      const news = { format: 99, mood: { of: 'tomorrow' }, request: { ...request(), upscale: 2 } };
      await q.rewrite(job, changed(news));
      expect(await q.present(job)).toEqual({ ...job, ...news });
      expect(await listed()).toEqual([ours.id, job.id]);
      q.start();
      expect((await q.handler.next()).job.id).toBe(ours.id);
      await q.queue.setPriority(job.id, 2);
      expect(await q.present(job)).toMatchObject({ ...news, priority: 2 });
      await q.queue.cancel(job.id);
      expect(await q.present(job)).toMatchObject({ ...news, status: 'CANCELED' });
      expect(await readAll(await q.watch(job))).toMatchObject([{ type: 'canceled', job: news }]);
    });

    it('keep the fields that this version does not know when it runs them', async () => {
      const job = await q.queue.enqueue(newJob());
      const news = { mood: 'tomorrow', request: { ...request(), upscale: 2 } };
      await q.rewrite(job, changed(news));
      q.start();
      const { job: claimed, succeed } = await q.handler.next();
      expect(claimed).toMatchObject(news);
      succeed();
      expect(await ended(q.queue, job.id)).toMatchObject({ ...news, status: 'SUCCEEDED' });
      expect(await q.present(job)).toMatchObject(news);
    });

    it('show a stage, an error code and a result of an attempt as what they are', async () => {
      const [job, ours] = [await q.queue.enqueue(newJob()), await q.queue.enqueue(newJob())];
      await q.queue.cancel(job.id);
      const attempt = { worker: 'x', device: 'npu', startedAt: 1, endedAt: 2, result: 'MOVED', reason: null };
      const news = {
        stage: 'UPSCALING',
        error: { code: 'TIRED', message: 'no more' },
        history: [attempt],
        timings: { UPSCALING: 7 },
      };
      await q.rewrite(job, changed(news));
      expect(await q.present(job)).toMatchObject({ ...news, status: 'CANCELED' });
      expect(await q.queue.list({ limit: 9, from: 'newest' })).toMatchObject([{ id: ours.id }, news]);
    });
  });

  describe('an unreadable record', () => {
    it.each([
      ['no JSON', () => '{"id":'],
      ['not a job', () => '{}'],
      ['null', () => 'null'],
    ])('that is %s is kept, and holds up nobody', async (_what, damage) => {
      const job = await q.queue.enqueue(newJob({ priority: 1, idempotencyKey: 'key' }));
      const ours = await q.queue.enqueue(newJob());
      await q.rewrite(job, damage);
      expect(await q.queue.get(job.id)).toBe('unreadable');
      expect(await q.queue.getMany([ours.id, job.id])).toEqual([expect.anything(), 'unreadable']);
      expect(await q.queue.watch(job.id)).toBe('unreadable');
      expect(await q.queue.cancel(job.id)).toEqual({ outcome: 'unreadable' });
      expect(await q.queue.setPriority(job.id, 2)).toEqual({ outcome: 'unreadable' });
      expect(await listed()).toEqual([ours.id]);
      expect(JSON.stringify(q.log.facts('warn'))).toContain(job.id);
      expect([...(await q.queue.waiting(9)).values()].flat().map(({ id }) => id)).toEqual([ours.id]);
      q.start();
      const { job: claimed, succeed } = await q.handler.next();
      expect(claimed.id).toBe(ours.id);
      succeed();
      expect(await ended(q.queue, ours.id)).toMatchObject({ status: 'SUCCEEDED' });
      await q.reopen();
      expect(await q.queue.get(job.id)).toBe('unreadable');
    });
  });
};
