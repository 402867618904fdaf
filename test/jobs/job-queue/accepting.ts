import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input-error.ts';
import { latent, newJob, request } from '../fixtures.ts';
import { rejection, type QueueBench } from './queue-bench.ts';

/** What a JobQueue does with a new job. */
export const describeAccepting = (q: QueueBench): void => {
  describe('accepting', () => {
    it('returns the whole job as it was asked for', async () => {
      const warnings = ['no image was given'];
      const job = await q.jobs.enqueue(newJob({ priority: 3, warnings }));
      expect(job).toEqual({
        id: expect.stringMatching(
          /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        ) as string,
        status: 'QUEUED',
        stage: 'WAITING',
        step: 0,
        totalSteps: 4,
        request: request(),
        images: [],
        error: null,
        warnings,
        priority: 3,
        queuePosition: 0,
        etaSeconds: null,
        attempts: 0,
        createdAt: q.clock.time,
        startedAt: null,
        finishedAt: null,
        timings: {},
      });
      expect(await q.jobs.get(job.id)).toEqual(job);
    });

    it('gives the same job for the same idempotency key and request, also after a restart', async () => {
      const first = await q.jobs.enqueue(newJob({ idempotencyKey: 'key' }));
      expect(await q.jobs.enqueue(newJob({ idempotencyKey: 'key' }))).toEqual(first);
      await q.reopen();
      expect(await q.jobs.enqueue(newJob({ idempotencyKey: 'key' }))).toEqual(first);
      expect(await q.jobs.counts()).toEqual({ waiting: 1, running: 0 });
    });

    it('refuses an idempotency key that belongs to another request', async () => {
      const first = await q.jobs.enqueue(newJob({ idempotencyKey: 'key' }));
      const other = newJob({ idempotencyKey: 'key', request: request({ steps: 5 }) });
      const error = await rejection(q.jobs.enqueue(other));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] });
      expect((error as Error).message).toContain(first.id);
    });

    it('refuses jobs beyond its limit, saying when to try again, but not a repeated one', async () => {
      await q.jobs.close();
      await q.open(2);
      const repeated = newJob({ idempotencyKey: 'key' });
      const first = await q.jobs.enqueue(repeated);
      await q.jobs.enqueue(newJob());
      const error = await rejection(q.jobs.enqueue(newJob()));
      expect(error).toMatchObject({ code: 'QUEUE_FULL', retryAfter: 10 });
      expect(error).toBeInstanceOf(InputError);
      expect(await q.jobs.enqueue(repeated)).toEqual(first);
      expect(await q.jobs.counts()).toEqual({ waiting: 2, running: 0 });
    });

    it('says beforehand what it would do', async () => {
      await q.jobs.close();
      await q.open(1);
      expect(await q.jobs.admit({ owner: '', idempotencyKey: 'key' })).toBeUndefined();
      const job = await q.jobs.enqueue(newJob({ idempotencyKey: 'key' }));
      expect(await q.jobs.admit({ owner: '', idempotencyKey: 'key' })).toEqual(job);
      for (const idempotencyKey of [null, 'other']) {
        const refusal = await rejection(q.jobs.admit({ owner: '', idempotencyKey }));
        expect(refusal).toMatchObject({ code: 'QUEUE_FULL', retryAfter: 10 });
      }
    });

    it('bounds the waiting jobs alone: a running one does not count', async () => {
      await q.jobs.close();
      await q.open(1);
      q.jobs.process(q.handler.handle);
      await q.jobs.enqueue(newJob());
      const { succeed } = await q.handler.next();
      await q.jobs.enqueue(newJob());
      expect(await rejection(q.jobs.enqueue(newJob()))).toMatchObject({ code: 'QUEUE_FULL' });
      succeed();
      (await q.handler.next()).succeed();
    });

    it('tells a full queue to try again when the running job is expected to end', async () => {
      await q.jobs.close();
      await q.open(1);
      q.jobs.process(q.handler.handle);
      await q.jobs.enqueue(newJob());
      const { run } = await q.handler.next();
      await q.jobs.enqueue(newJob());
      run.progress({ stage: 'SAMPLING', totalSteps: 4 });
      q.clock.time += 2500;
      run.progress({ step: 1 }, { sigma: 1, preview: latent(1) });
      expect(await rejection(q.jobs.enqueue(newJob()))).toMatchObject({ retryAfter: 8 });
    });
  });
};
