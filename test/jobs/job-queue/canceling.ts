import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CanceledError } from '../../../src/engine/index.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { StopRequest } from '../../../src/jobs/lifecycle.ts';
import { ended, latent, newJob, readAll } from '../fixtures.ts';
import { type QueueBench, until } from './queue-bench.ts';

/** Resolves when the signal is aborted: in a cluster a cancel has to reach the worker. */
const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** How jobs are canceled, and what can no longer happen to them. */
export const describeCanceling = (q: QueueBench): void => {
  describe('canceling', () => {
    it('ends a waiting job at once, and leaves it out', async () => {
      const job = await q.queue.enqueue(newJob());
      const other = await q.queue.enqueue(newJob());
      q.clock.time += 7;
      const canceled = {
        ...job,
        status: 'CANCELED',
        queuePosition: null,
        finishedAt: q.clock.time,
      };
      expect(await q.queue.cancel(job.id)).toEqual({ outcome: 'canceled', job: canceled });
      expect(await q.present(job)).toEqual(canceled);
      expect(await q.present(other)).toMatchObject({ queuePosition: 0 });
      q.start();
      expect((await q.handler.next()).job.id).toBe(other.id);
    });

    it('ends a running job at once, aborts its handler and takes the next when that has stopped', async () => {
      const job = await q.queue.enqueue(newJob());
      const next = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      q.start();
      const { run, fail } = await q.handler.next();
      run.report({ stage: 'SAMPLING' });
      await until(watch, (event) => event.job.stage === 'SAMPLING');
      expect(run.signal.aborted).toBe(false);
      const { job: canceled } = (await q.queue.cancel(job.id)) as { job: Job };
      expect(canceled).toMatchObject({ status: 'CANCELED', stage: 'SAMPLING', finishedAt: q.clock.time });
      expect(canceled.history).toEqual([
        expect.objectContaining({ worker: 'w', endedAt: q.clock.time, result: 'CANCELED', reason: null }),
      ]);
      await aborted(run.signal);
      expect(run.signal.reason).toBeInstanceOf(StopRequest);
      expect(run.signal.reason).toMatchObject({ immediately: false });
      expect(await q.queue.counts()).toMatchObject({ waiting: 1, running: 0 });
      expect(q.handler.unasked).toBe(0);
      fail(new CanceledError());
      expect((await q.handler.next()).job.id).toBe(next.id);
      expect(await q.present(job)).toEqual(canceled);
      expect(q.log.facts('error')).toEqual([]);
    });

    it('tells the handler when nothing may be waited for', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const { run } = await q.handler.next();
      await q.queue.cancel(job.id, { immediately: true });
      await aborted(run.signal);
      expect(run.signal.reason).toMatchObject({ immediately: true });
    });

    it('tells every watcher', async () => {
      const job = await q.queue.enqueue(newJob());
      const watches = await Promise.all([1, 2, 3].map(() => q.watch(job)));
      q.start();
      await q.handler.next();
      await q.queue.cancel(job.id);
      for (const watch of watches) {
        const last = (await readAll(watch)).at(-1);
        expect(last).toMatchObject({ type: 'canceled', job: { status: 'CANCELED' } });
      }
    });

    it('discards whatever a handler reports or returns after the end', async () => {
      const job = await q.queue.enqueue(newJob());
      const next = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      q.start();
      const { run, succeed } = await q.handler.next();
      await q.queue.cancel(job.id);
      const canceled = await q.present(job);
      run.report({ stage: 'DECODING' });
      run.report({ step: 2 }, { sigma: 1, preview: latent(1) });
      succeed();
      (await q.handler.next()).succeed();
      await ended(q.queue, next.id);
      expect(await q.present(job)).toEqual(canceled);
      expect((await readAll(watch)).map(({ type }) => type)).toEqual(['queued', 'stage', 'canceled']);
    });

    it('is idempotent, and changes nothing after another end', async () => {
      const job = await q.queue.enqueue(newJob());
      const first = (await q.queue.cancel(job.id)) as { job: Job };
      q.clock.time += 10;
      expect(await q.queue.cancel(job.id)).toEqual({ outcome: 'already-finished', job: first.job });
      const other = await q.queue.enqueue(newJob());
      q.start();
      (await q.handler.next()).succeed();
      const finished = await ended(q.queue, other.id);
      expect(await q.queue.cancel(other.id)).toEqual({ outcome: 'already-finished', job: finished });
      expect(await q.present(other)).toEqual(finished);
    });

    it('does not know an id that was never given', async () => {
      expect(await q.queue.cancel('nonsense')).toEqual({ outcome: 'unknown' });
    });

    it('takes a handler at its word that stops as canceled though nobody asked', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      (await q.handler.next()).fail(new CanceledError());
      expect(await ended(q.queue, job.id)).toMatchObject({ status: 'CANCELED', error: null });
    });

    it('agrees with whichever of a cancel and a finish came first', async () => {
      q.start();
      for (let round = 0; round < 20; round++) {
        const job = await q.queue.enqueue(newJob());
        const watch = await q.watch(job);
        const { succeed } = await q.handler.next();
        const cancelFirst = round % 2 === 0;
        if (!cancelFirst) succeed();
        const canceling = q.queue.cancel(job.id);
        if (cancelFirst) succeed();
        const { outcome } = await canceling;
        const terminal = (await readAll(watch)).filter(({ job: { finishedAt } }) => finishedAt !== null);
        expect(terminal).toHaveLength(1);
        expect(terminal[0]!.type).toBe(outcome === 'canceled' ? 'canceled' : 'completed');
        expect(await q.present(job)).toEqual(terminal[0]!.job);
      }
    });
  });
};
