import { describe, expect, it } from 'vitest';
import { CanceledError } from '../../../src/engine/index.ts';
import { ended, jobImage, latent, newJob, read, readAll } from '../fixtures.ts';
import { type QueueBench, until } from './queue-bench.ts';

/** What a store keeps when it is closed and opened again. */
export const describeRestarting = (q: QueueBench): void => {
  describe('closing and starting again', () => {
    it('keeps waiting jobs and their order', async () => {
      const low = await q.queue.enqueue(newJob());
      const high = await q.queue.enqueue(newJob({ priority: 1 }));
      await q.reopen();
      expect(await q.present(low)).toEqual({ ...low, queuePosition: 1 });
      expect(await q.present(high)).toEqual(high);
      q.start();
      expect((await q.handler.next()).job.id).toBe(high.id);
    });

    it('puts a running job back without counting the attempt, and ends the watches', async () => {
      const job = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      q.start();
      const { run, fail } = await q.handler.next();
      run.report({ stage: 'SAMPLING' });
      run.report({ step: 2 }, { sigma: 1, preview: latent(1) });
      run.signal.addEventListener('abort', () => {
        fail(run.signal.reason);
      });
      await q.runner!.close();
      const seen = await read(watch, 5);
      expect(seen.map(({ type }) => type)).toEqual(['queued', 'stage', 'stage', 'step', 'queued']);
      const attempt = { worker: 'w', result: 'RETURNED', reason: 'the worker was stopped' };
      const back = { ...job, history: [expect.objectContaining(attempt) as object] };
      expect(seen.at(-1)!.job).toEqual(back);
      await q.close();
      expect(await readAll(watch)).toEqual([]);
      await q.open();
      expect(await q.present(job)).toEqual(back);
      q.start();
      expect((await q.handler.next()).job).toMatchObject({ id: job.id, attempts: 1 });
    });

    it('lets a running job end while it drains, and takes no other', async () => {
      const job = await q.queue.enqueue(newJob());
      const next = await q.queue.enqueue(newJob());
      q.start();
      const { run, succeed } = await q.handler.next();
      const drained = q.runner!.drain(60_000);
      expect(run.signal.aborted).toBe(false);
      succeed();
      await drained;
      expect(await q.present(job)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await q.present(next)).toMatchObject({ status: 'QUEUED', queuePosition: 0 });
      expect(q.handler.unasked).toBe(0);
    });

    it('drains no longer than it is told, and leaves the running job to be put back', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const { run, fail } = await q.handler.next();
      run.signal.addEventListener('abort', () => {
        fail(run.signal.reason);
      });
      await q.runner!.drain(0);
      expect(await q.present(job)).toMatchObject({ status: 'RUNNING' });
      await q.reopen();
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED', attempts: 0 });
    });

    it('drains at once where nothing runs', async () => {
      q.start();
      await q.runner!.drain(60_000);
      await q.queue.enqueue(newJob());
      expect(q.handler.unasked).toBe(0);
    });

    it('finishes a running job whose handler was done anyway', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const { run, succeed } = await q.handler.next();
      run.signal.addEventListener('abort', () => {
        succeed();
      });
      await q.reopen();
      expect(await q.present(job)).toMatchObject({ status: 'SUCCEEDED', images: [jobImage()] });
    });

    it('never goes below a sequence that was sent', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const { run, fail } = await q.handler.next();
      const reports = await q.watch(job);
      for (let step = 1; step <= 50; step++) run.report({ step }, { sigma: 1, preview: latent(1) });
      run.signal.addEventListener('abort', () => {
        fail(new CanceledError());
      });
      const { sequence: before } = await until(reports, (event) => event.job.step === 50);
      await q.reopen();
      const watch = await q.watch(job);
      const [first] = await read(watch, 1);
      expect(first!.sequence).toBeGreaterThan(before);
      await q.queue.cancel(job.id);
      const [last] = await readAll(watch);
      expect(last!.sequence).toBeGreaterThan(first!.sequence);
      await q.reopen();
      const rejoined = await readAll(await q.watch(job));
      expect(rejoined).toEqual([{ ...last, job: await q.present(job) }]);
    });

    it('measures what a job takes with a clock that cannot be set', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const { run, succeed } = await q.handler.next();
      q.clock.time += 10;
      run.report({ stage: 'SAMPLING', totalSteps: 2 });
      q.clock.setBy = -3_600_000;
      q.clock.time += 1000;
      run.report({ step: 1 }, { sigma: 1, preview: latent(1) });
      const { job: sampling } = await until(await q.watch(job), (event) => event.job.step === 1);
      expect(sampling).toMatchObject({ timings: { SAMPLING: 1000 }, stepTime: 1000 });
      q.clock.setBy = 7_200_000;
      q.clock.time += 1000;
      run.report({ step: 2 }, { sigma: 1, preview: latent(2) });
      succeed();
      const { timings } = await ended(q.queue, job.id);
      expect(timings).toMatchObject({ LOADING_MODEL: 10, SAMPLING: 2000 });
    });

    it('never dates an end before its start, nor a start before the acceptance', async () => {
      const job = await q.queue.enqueue(newJob());
      q.clock.setBy = -3_600_000;
      q.start();
      const { succeed } = await q.handler.next();
      q.clock.setBy = -7_200_000;
      succeed();
      const { createdAt, startedAt, finishedAt } = await ended(q.queue, job.id);
      expect([startedAt, finishedAt]).toEqual([createdAt, createdAt]);
    });

    it('gives ids in order of arrival although the clock was set back', async () => {
      const before = await q.queue.enqueue(newJob());
      await q.reopen();
      q.clock.time -= 3_600_000;
      const after = await q.queue.enqueue(newJob());
      expect(after.id > before.id).toBe(true);
      expect((await q.queue.list({ limit: 2, from: 'newest' })).map(({ id }) => id)).toEqual([
        after.id,
        before.id,
      ]);
    });

    it('closes twice without complaint, and refuses work afterwards', async () => {
      await q.close();
      await q.close();
      await expect(q.queue.enqueue(newJob())).rejects.toThrow();
      await q.open();
    });
  });
};
