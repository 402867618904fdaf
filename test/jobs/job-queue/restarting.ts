import { describe, expect, it } from 'vitest';
import { CanceledError } from '../../../src/engine/index.ts';
import { ended, jobImage, latent, newJob, read, readAll } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

/** What a JobQueue keeps when it is closed and opened again. */
export const describeRestarting = (q: QueueBench): void => {
  describe('closing and starting again', () => {
    it('keeps waiting jobs and their order', async () => {
      const low = await q.jobs.enqueue(newJob());
      const high = await q.jobs.enqueue(newJob({ priority: 1 }));
      await q.reopen();
      expect(await q.present(low)).toEqual({ ...low, queuePosition: 1 });
      expect(await q.present(high)).toEqual(high);
      q.jobs.process(q.handler.handle);
      expect((await q.handler.next()).job.id).toBe(high.id);
    });

    it('puts a running job back without counting the attempt, and ends the watches', async () => {
      const job = await q.jobs.enqueue(newJob());
      const watch = q.events.watch(job.id, job);
      q.jobs.process(q.handler.handle);
      const { run, fail } = await q.handler.next();
      run.progress({ stage: 'SAMPLING' });
      run.progress({ step: 2 }, { sigma: 1, preview: latent(1) });
      run.signal.addEventListener('abort', () => {
        fail(run.signal.reason);
      });
      await q.jobs.close();
      const seen = await readAll(watch);
      expect(seen.map(({ type }) => type)).toEqual(['queued', 'stage', 'stage', 'step', 'queued']);
      expect(seen.at(-1)!.job).toEqual(job);
      await q.open();
      expect(await q.present(job)).toEqual(job);
      q.jobs.process(q.handler.handle);
      expect((await q.handler.next()).job).toMatchObject({ id: job.id, attempts: 1 });
    });

    it('lets a running job end while it drains, and takes no other', async () => {
      const job = await q.jobs.enqueue(newJob());
      const next = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const { run, succeed } = await q.handler.next();
      const drained = q.jobs.drain(60_000);
      expect(run.signal.aborted).toBe(false);
      succeed();
      await drained;
      expect(await q.present(job)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await q.present(next)).toMatchObject({ status: 'QUEUED', queuePosition: 0 });
      expect(q.handler.unasked).toBe(0);
    });

    it('drains no longer than it is told, and leaves the running job to be put back', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const { run, fail } = await q.handler.next();
      run.signal.addEventListener('abort', () => {
        fail(run.signal.reason);
      });
      await q.jobs.drain(0);
      expect(await q.present(job)).toMatchObject({ status: 'RUNNING' });
      await q.reopen();
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED', attempts: 0 });
    });

    it('drains at once where nothing runs', async () => {
      await q.jobs.drain(60_000);
      await q.reopen();
      q.jobs.process(q.handler.handle);
      await q.jobs.drain(60_000);
    });

    it('finishes a running job whose handler was done anyway', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const { run, succeed } = await q.handler.next();
      run.signal.addEventListener('abort', () => {
        succeed();
      });
      await q.reopen();
      expect(await q.present(job)).toMatchObject({ status: 'SUCCEEDED', images: [jobImage()] });
    });

    it('never goes below a sequence that was sent', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const { run, fail } = await q.handler.next();
      for (let step = 1; step <= 50; step++) run.progress({ step }, { sigma: 1, preview: latent(1) });
      run.signal.addEventListener('abort', () => {
        fail(new CanceledError());
      });
      const before = q.events.snapshot(job.id)!.sequence;
      await q.reopen();
      const watch = q.events.watch(job.id, await q.present(job));
      const [first] = await read(watch, 1);
      expect(first!.sequence).toBeGreaterThan(before);
      await q.jobs.cancel(job.id);
      const [last] = await readAll(watch);
      expect(last!.sequence).toBeGreaterThan(first!.sequence);
      await q.reopen();
      const rejoined = await readAll(q.events.watch(job.id, await q.present(job)));
      expect(rejoined).toEqual([{ ...last, job: await q.present(job) }]);
    });

    it('measures what a job takes and how long it will take with a clock that cannot be set', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const { run, succeed } = await q.handler.next();
      q.clock.time += 10;
      run.progress({ stage: 'SAMPLING', totalSteps: 2 });
      q.clock.setBy = -3_600_000;
      q.clock.time += 1000;
      run.progress({ step: 1 }, { sigma: 1, preview: latent(1) });
      expect(await q.present(job)).toMatchObject({ timings: { SAMPLING: 1000 }, etaSeconds: 1 });
      q.clock.setBy = 7_200_000;
      q.clock.time += 1000;
      run.progress({ step: 2 }, { sigma: 1, preview: latent(2) });
      succeed();
      const { timings } = await ended(job, q.events);
      expect(timings).toMatchObject({ LOADING_MODEL: 10, SAMPLING: 2000 });
    });

    it('never dates an end before its start, nor a start before the acceptance', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.clock.setBy = -3_600_000;
      q.jobs.process(q.handler.handle);
      const { succeed } = await q.handler.next();
      q.clock.setBy = -7_200_000;
      succeed();
      const { createdAt, startedAt, finishedAt } = await ended(job, q.events);
      expect([startedAt, finishedAt]).toEqual([createdAt, createdAt]);
    });

    it('gives ids in order of arrival although the clock was set back', async () => {
      const before = await q.jobs.enqueue(newJob());
      await q.reopen();
      q.clock.time -= 3_600_000;
      const after = await q.jobs.enqueue(newJob());
      expect(after.id > before.id).toBe(true);
      expect((await q.jobs.list({ limit: 2, from: 'newest' })).map(({ id }) => id)).toEqual([
        after.id,
        before.id,
      ]);
    });

    it('closes twice without complaint, and refuses work afterwards', async () => {
      await q.jobs.close();
      await q.jobs.close();
      await expect(q.jobs.enqueue(newJob())).rejects.toThrow();
      await q.open();
    });
  });
};
