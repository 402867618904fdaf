import { describe, expect, it, vi } from 'vitest';
import { CanceledError, CheckpointError, DeviceError } from '../../../src/engine/index.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { ended, newJob, request } from '../fixtures.ts';
import type { QueueBench } from './queue-bench.ts';

/** What the log tells of a job's life. */
export const describeLogging = (q: QueueBench): void => {
  const lines = (message: string, { id }: Pick<Job, 'id'>) =>
    q.log.lines
      .filter((line) => line.message === message && 'jobId' in line.facts && line.facts.jobId === id)
      .map(({ facts }) => facts);

  /** The one line of a job's end, which a worker may write after others have heard of it. */
  const end = async (job: Pick<Job, 'id'>): Promise<object> => {
    await vi.waitFor(() => {
      expect(lines('job ended', job)).toHaveLength(1);
    });
    return lines('job ended', job)[0]!;
  };

  const whole = (timings: Job['timings']) =>
    Object.fromEntries(Object.entries(timings).map(([stage, time]) => [stage, Math.round(time)]));

  describe('logging', () => {
    it('has one line for an accepted job, with whose it is and how large, and none for its repetition', async () => {
      const asked = newJob({
        owner: 'ab12',
        priority: 3,
        idempotencyKey: 'key',
        request: request({ width: 128 }),
      });
      const job = await q.queue.enqueue(asked);
      await q.queue.enqueue(asked);
      expect(lines('job accepted', job)).toEqual([
        {
          ...{ jobId: job.id, owner: 'ab12', model: 'starter', width: 128, height: 64 },
          ...{ steps: 4, batchSize: 1, priority: 3 },
        },
      ]);
    });

    it('has one line for the end of a job that succeeded, with its time from acceptance to end', async () => {
      const job = await q.queue.enqueue(newJob({ owner: 'ab12' }));
      q.clock.time += 2500;
      q.start();
      (await q.handler.next()).succeed();
      const { timings } = await ended(q.queue, job.id);
      expect(await end(job)).toEqual({
        ...{ jobId: job.id, owner: 'ab12', model: 'starter', status: 'SUCCEEDED', seconds: 2.5, attempts: 1 },
        ...{ worker: 'w', device: 'cpu', timings: whole(timings) },
      });
    });

    it('has one line for the end of a job that failed, with its code and reason', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      (await q.handler.next()).fail(new CheckpointError('damaged'));
      expect(await end(job)).toMatchObject({
        status: 'FAILED',
        code: 'CHECKPOINT_INVALID',
        reason: 'damaged',
        attempts: 1,
      });
    });

    it('tells of an attempt that failed, and has no end before the last one', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      (await q.handler.next()).fail(new DeviceError('out of memory'));
      await q.passPause(1000);
      (await q.handler.next()).succeed();
      expect(await end(job)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, seconds: 1 });
      expect(lines('job requeued', job)).toMatchObject([{ attempts: 1 }]);
    });

    it('has one line for the end of a canceled job, waiting or running', async () => {
      const waiting = await q.queue.enqueue(newJob({ owner: 'ab12' }));
      q.clock.time += 1000;
      await q.queue.cancel(waiting.id);
      await q.queue.cancel(waiting.id);
      expect(await end(waiting)).toMatchObject({
        ...{ owner: 'ab12', status: 'CANCELED', seconds: 1, attempts: 0, worker: null },
      });
      const running = await q.queue.enqueue(newJob());
      q.start();
      const { fail } = await q.handler.next();
      await q.queue.cancel(running.id);
      fail(new CanceledError());
      const next = await q.queue.enqueue(newJob());
      (await q.handler.next()).succeed();
      await end(next);
      expect(await end(running)).toMatchObject({ status: 'CANCELED', attempts: 1, worker: 'w' });
    });

    it('has one line for the end of a job whose worker disappeared too often', async () => {
      const job = await q.queue.enqueue(newJob());
      for (let attempt = 1; attempt <= 3; attempt++) {
        q.start();
        await q.handler.next();
        await q.kill();
        q.start();
        await vi.waitFor(
          async () => {
            expect((await q.present(job)).status).not.toBe('RUNNING');
          },
          { timeout: 20_000 },
        );
        await q.reopen();
        q.clock.time += 5000;
        await q.queue.resume(null);
      }
      expect(await end(job)).toMatchObject({ status: 'FAILED', code: 'INTERRUPTED', attempts: 3 });
    });
  });
};
