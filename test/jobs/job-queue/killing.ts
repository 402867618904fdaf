import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../../src/engine/index.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { afterFailure, failureOf } from '../../../src/jobs/lifecycle.ts';
import { ended, newJob } from '../fixtures.ts';
import { type QueueBench, until } from './queue-bench.ts';

/** What a store keeps when its process is killed, and what its runner does then. */
export const describeKilling = (q: QueueBench): void => {
  /** Lets the next attempt begin: time passes, and the sources look again. */
  const pass = async (milliseconds: number) => {
    q.clock.time += milliseconds;
    await q.queue.resume(null);
  };

  describe('being killed', () => {
    it('keeps every acknowledged job, its idempotency key and its pauses', async () => {
      const job = await q.queue.enqueue(newJob({ idempotencyKey: 'key' }));
      await q.queue.pause('other');
      await q.kill();
      expect(await q.queue.enqueue(newJob({ idempotencyKey: 'key' }))).toEqual(job);
      expect(await q.queue.paused()).toEqual({ all: false, models: ['other'] });
      q.start();
      expect((await q.handler.next()).job).toMatchObject({ id: job.id, attempts: 1 });
    });

    it('keeps an end that was published', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      (await q.handler.next()).succeed();
      const finished = await ended(q.queue, job.id);
      await q.kill();
      expect(await q.present(job)).toEqual(finished);
    });

    it('counts the attempt, tries again after a backoff and gives up after the third', async () => {
      const job = await q.queue.enqueue(newJob());
      for (const [attempt, backoff] of [
        [1, 1000],
        [2, 5000],
        [3, null],
      ] as const) {
        q.start();
        const { job: claimed, run } = await q.handler.next();
        expect(claimed).toMatchObject({ id: job.id, attempts: attempt });
        run.report({ stage: 'SAMPLING' });
        const { sequence } = await until(await q.watch(job), (event) => event.job.stage === 'SAMPLING');
        await q.kill();
        q.start();
        const after = await until(await q.watch(job), (event) => event.job.status !== 'RUNNING');
        expect(after.sequence).toBeGreaterThan(sequence);
        expect(after.job.attempts).toBe(attempt);
        if (backoff === null) break;
        expect(after.job).toMatchObject({ status: 'QUEUED', notBefore: q.clock.now() + backoff });
        await q.reopen();
        await pass(backoff);
      }
      const failed = await q.present(job);
      expect(failed).toMatchObject({ status: 'FAILED', error: { code: 'INTERRUPTED' } });
      expect(failed.history.map(({ result }) => result)).toEqual(Array(3).fill('INTERRUPTED'));
      expect(failed.history.every(({ reason, endedAt }) => reason !== null && endedAt !== null)).toBe(true);
    });

    it('ends each of many jobs once, whatever was running', async () => {
      const jobs: Job[] = [];
      for (let i = 0; i < 6; i++) jobs.push(await q.queue.enqueue(newJob()));
      q.start();
      (await q.handler.next()).succeed();
      (await q.handler.next()).succeed();
      await q.handler.next();
      await q.kill();
      q.start();
      for (let i = 0; i < 3; i++) (await q.handler.next()).succeed();
      await until(await q.watch(jobs[2]!), ({ job }) => job.status === 'QUEUED');
      await pass(1000);
      (await q.handler.next()).succeed();
      for (const { id } of jobs) await ended(q.queue, id);
      const all = (await q.queue.getMany(jobs.map(({ id }) => id))) as Job[];
      expect(all.map(({ status, attempts }) => [status, attempts])).toEqual(
        [1, 1, 2, 1, 1, 1].map((attempts) => ['SUCCEEDED', attempts]),
      );
    });
  });

  describe('a clock that is set back', () => {
    it('does not make a job wait longer than its backoff', async () => {
      const job = await q.queue.enqueue(newJob());
      const lease = await q.claimed();
      await lease.finish(afterFailure(lease.job, failureOf(new DeviceError('lost')), q.clock.now()));
      expect(await q.claim()).toBeUndefined();
      q.clock.setBy -= 86_400_000;
      expect((await q.claimed()).job).toMatchObject({ id: job.id, attempts: 2 });
    });
  });

  describe('the runner', () => {
    it('starts a job at once that comes while it is between two looks', async () => {
      q.start();
      for (let moments = 0; moments < 24; moments++) {
        const { id } = await q.queue.enqueue(newJob());
        const since = performance.now();
        const { job, succeed } = await q.handler.next();
        expect(job.id).toBe(id);
        expect(performance.now() - since).toBeLessThan(1500); // without a job it looks every two seconds
        const watch = await q.watch(job);
        succeed();
        await until(watch, ({ type }) => type === 'completed');
        for (let i = 0; i < moments; i++) await Promise.resolve();
      }
    });
  });
};
