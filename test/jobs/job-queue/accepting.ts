import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input-error.ts';
import { RECORD_FORMAT } from '../../../src/jobs/job.ts';
import { newJob, request, textToImage } from '../fixtures.ts';
import { rejection, type QueueBench } from './queue-bench.ts';

/** What a store does with a new job. */
export const describeAccepting = (q: QueueBench): void => {
  describe('accepting', () => {
    it('returns the whole job as it was asked for', async () => {
      const warnings = [textToImage];
      const job = await q.queue.enqueue(newJob({ priority: 3, warnings, owner: 'ab' }));
      expect(job).toEqual({
        format: RECORD_FORMAT,
        id: expect.stringMatching(
          /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        ) as string,
        owner: 'ab',
        status: 'QUEUED',
        stage: 'WAITING',
        step: 0,
        totalSteps: 4,
        stepTime: null,
        request: request(),
        images: [],
        error: null,
        warnings,
        priority: 3,
        queuePosition: 0,
        attempts: 0,
        history: [],
        notBefore: null,
        createdAt: q.clock.time,
        startedAt: null,
        finishedAt: null,
        timings: {},
      });
      expect(await q.queue.get(job.id)).toEqual(job);
    });

    it('gives the same job for the same idempotency key and request, also after a restart', async () => {
      const first = await q.queue.enqueue(newJob({ idempotencyKey: 'key' }));
      expect(await q.queue.enqueue(newJob({ idempotencyKey: 'key' }))).toEqual(first);
      await q.reopen();
      expect(await q.queue.enqueue(newJob({ idempotencyKey: 'key' }))).toEqual(first);
      expect(await q.queue.counts()).toMatchObject({ waiting: 1, running: 0 });
    });

    it('refuses an idempotency key that belongs to another request', async () => {
      const first = await q.queue.enqueue(newJob({ idempotencyKey: 'key' }));
      const other = newJob({ idempotencyKey: 'key', request: request({ steps: 5 }) });
      const error = await rejection(q.queue.enqueue(other));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] });
      expect((error as Error).message).toContain(first.id);
    });

    it('refuses jobs beyond its limit, saying when to try again, but not a repeated one', async () => {
      await q.reopen(2);
      const repeated = newJob({ idempotencyKey: 'key' });
      const first = await q.queue.enqueue(repeated);
      await q.queue.enqueue(newJob());
      const error = await rejection(q.queue.enqueue(newJob()));
      expect(error).toMatchObject({ code: 'QUEUE_FULL', retryAfter: 10 });
      expect(error).toBeInstanceOf(InputError);
      expect(await q.queue.enqueue(repeated)).toEqual(first);
      expect(await q.queue.counts()).toMatchObject({ waiting: 2, running: 0 });
    });

    it("refuses an owner's waiting jobs beyond its own limit alone, but not a repeated one", async () => {
      const mine = { owner: 'aa', ownLimit: 2 };
      const repeated = newJob({ ...mine, idempotencyKey: 'key' });
      const first = await q.queue.enqueue(repeated);
      await q.queue.enqueue(newJob(mine));
      const error = await rejection(q.queue.enqueue(newJob(mine)));
      expect(error).toMatchObject({
        code: 'QUOTA_EXCEEDED',
        message: expect.stringContaining(
          '2 jobs of this key are already waiting (KEY_WAITING_JOBS)',
        ) as string,
      });
      expect((await q.queue.enqueue(repeated)).id).toBe(first.id);
      await q.queue.enqueue(newJob({ owner: 'bb', ownLimit: 1 }));
      await q.queue.cancel(first.id);
      await q.queue.enqueue(newJob(mine));
      expect(await q.queue.counts()).toMatchObject({ waiting: 3 });
    });

    it('holds to the limit of an owner who sends many jobs at once', async () => {
      const all = Array.from({ length: 8 }, () => q.queue.enqueue(newJob({ owner: 'aa', ownLimit: 3 })));
      const results = await Promise.allSettled(all);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    });

    it('says beforehand what it would do', async () => {
      await q.reopen(1);
      await q.queue.checkCapacity();
      expect(await q.queue.findByKey('', 'key')).toBeUndefined();
      const job = await q.queue.enqueue(newJob({ idempotencyKey: 'key' }));
      expect(await q.queue.findByKey('', 'key')).toEqual(job);
      expect(await q.queue.findByKey('', 'other')).toBeUndefined();
      expect(await rejection(q.queue.checkCapacity())).toMatchObject({ code: 'QUEUE_FULL', retryAfter: 10 });
    });

    it('says that it would accept and keep a job', async () => {
      await q.queue.check();
      await q.close();
      await expect(q.queue.check()).rejects.toThrow();
      await q.open();
    });

    it('bounds the waiting jobs alone: a running one does not count', async () => {
      await q.reopen(1);
      q.start();
      await q.queue.enqueue(newJob());
      const { succeed } = await q.handler.next();
      await q.queue.enqueue(newJob());
      expect(await rejection(q.queue.enqueue(newJob()))).toMatchObject({ code: 'QUEUE_FULL' });
      succeed();
      (await q.handler.next()).succeed();
    });
  });
};
