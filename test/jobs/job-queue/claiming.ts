import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../../src/engine/index.ts';
import type { Job, Needs } from '../../../src/jobs/job.ts';
import {
  afterFailure,
  failureOf,
  interrupted,
  MAX_ATTEMPTS,
  returned,
  StopRequest,
  succeeded,
} from '../../../src/jobs/lifecycle.ts';
import type { Lease } from '../../../src/jobs/queue.ts';
import { jobImage, latent, newJob, readAll, request } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

/** What a JobSource hands out, and what becomes of it. */
export const describeClaiming = (q: QueueBench): void => {
  describe('claiming', () => {
    const failed = (job: Job) => afterFailure(job, failureOf(new DeviceError('lost')), q.clock.now());

    it('starts a job for one worker, with the attempt counted and in its history', async () => {
      const job = await q.queue.enqueue(newJob());
      q.clock.time += 20;
      const lease = (await q.claim({ worker: 'x', device: 'cuda:1' }))!;
      expect(await q.claim()).toBeUndefined();
      const startedAt = q.clock.time;
      const attempt = { worker: 'x', device: 'cuda:1', startedAt, endedAt: null, result: null, reason: null };
      const running: Job = {
        ...job,
        status: 'RUNNING',
        stage: 'LOADING_MODEL',
        queuePosition: null,
        attempts: 1,
        history: [attempt],
        startedAt,
        timings: { WAITING: 20 },
      };
      expect(lease.job).toEqual(running);
      expect(await q.present(job)).toEqual(running);
    });

    it('leaves a job that the worker cannot run to others, and takes the next', async () => {
      const whyNot = ({ request: { samplerName } }: Needs) =>
        samplerName === 'lcm' ? 'it needs a newer version' : null;
      const known = await q.queue.enqueue(newJob());
      expect((await q.claim({ whyNot }))?.job.id).toBe(known.id);
      const job = await q.queue.enqueue(newJob({ request: request({ samplerName: 'lcm' }), priority: 1 }));
      const next = await q.queue.enqueue(newJob());
      expect((await q.claim({ whyNot }))?.job.id).toBe(next.id);
      expect(await q.claim({ whyNot })).toBeUndefined();
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED', attempts: 0, history: [] });
    });

    it('writes the end of a job once, however often it is repeated', async () => {
      const job = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      const lease = await q.claimed();
      const end = succeeded(lease.job, [jobImage()], q.clock.now());
      expect(await lease.finish(end)).toBe(true);
      const finished = await q.present(job);
      expect(await lease.finish(end)).toBe(true);
      expect(await q.present(job)).toEqual(finished);
      expect((await readAll(watch)).map(({ type }) => type)).toEqual(['queued', 'stage', 'completed']);
    });

    it('writes nothing for a lease that has ended', async () => {
      const job = await q.queue.enqueue(newJob());
      const lease = await q.claimed();
      const { job: canceled } = (await q.queue.cancel(job.id)) as { job: Job };
      expect(await lease.finish(succeeded(lease.job, [jobImage()], q.clock.now()))).toBe(false);
      lease.report({ ...lease.job, stage: 'SAMPLING', step: 1 }, { sigma: 1, preview: latent(1) });
      expect(lease.signal.reason).toBeInstanceOf(StopRequest);
      expect(await q.present(job)).toEqual(canceled);
    });

    it('ignores reports of an attempt that is over', async () => {
      const job = await q.queue.enqueue(newJob());
      const first = await q.claimed();
      await first.finish(returned(first.job, q.clock.now()));
      first.report({ ...first.job, stage: 'DECODING' });
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED', stage: 'WAITING' });
      const second = await q.claimed();
      first.report({ ...first.job, stage: 'DECODING' });
      expect(await q.present(job)).toMatchObject({ status: 'RUNNING', stage: 'LOADING_MODEL' });
      await second.finish(returned(second.job, q.clock.now()));
    });

    it('does not start a job before its time, and others meanwhile', async () => {
      const job = await q.queue.enqueue(newJob({ priority: 1 }));
      const lease = await q.claimed();
      await lease.finish(failed(lease.job));
      const notBefore = q.clock.time + 1000;
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED', notBefore, attempts: 1 });
      expect(await q.claim()).toBeUndefined();
      const other = await q.queue.enqueue(newJob());
      expect((await q.claimed()).job.id).toBe(other.id);
      q.clock.time += 999;
      expect(await q.claim()).toBeUndefined();
      q.clock.time += 1;
      const again = await q.claimed();
      expect(again.job).toMatchObject({ id: job.id, attempts: 2, notBefore: null });
    });

    it('keeps the time of the next attempt over a restart', async () => {
      await q.queue.enqueue(newJob());
      const lease = await q.claimed();
      await lease.finish(failed(lease.job));
      await q.reopen();
      expect(await q.claim()).toBeUndefined();
      q.clock.time += 1000;
      expect((await q.claimed()).job.attempts).toBe(2);
    });

    it('counts no attempt whose worker was stopped, and keeps the whole history', async () => {
      const job = await q.queue.enqueue(newJob());
      for (let i = 0; i <= MAX_ATTEMPTS; i++) {
        const lease = await q.claimed();
        expect(lease.job.attempts).toBe(1);
        await lease.finish(returned(lease.job, q.clock.now()));
        q.clock.time += 10;
      }
      const ends: ((running: Job) => Job)[] = [
        failed,
        (running) => interrupted(running, q.clock.now()),
        failed,
      ];
      for (const [i, end] of ends.entries()) {
        const lease = await q.claimed();
        expect(lease.job.attempts).toBe(i + 1);
        await lease.finish(end(lease.job));
        q.clock.time += 5000;
      }
      const last = await q.present(job);
      expect(last).toMatchObject({ status: 'FAILED', attempts: MAX_ATTEMPTS });
      expect(last.error).toEqual({ code: 'DEVICE_FAILED', message: 'lost (3 attempts)' });
      expect(last.history.map(({ result, reason }) => [result, reason])).toEqual([
        ...Array.from({ length: MAX_ATTEMPTS + 1 }, () => ['RETURNED', 'the worker was stopped']),
        ['FAILED', 'lost'],
        ['INTERRUPTED', 'the worker disappeared in the middle of the job'],
        ['FAILED', 'lost'],
      ]);
      const times = last.history.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt!]);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    it('gives out again what a process held that is gone', async () => {
      const job = await q.queue.enqueue(newJob());
      await q.claimed();
      await q.reopen();
      let lease: Lease | undefined;
      while (!(lease = await q.claim())) {
        q.clock.time += 1000;
        await q.source.available(AbortSignal.timeout(100));
      }
      expect(lease.job).toMatchObject({ id: job.id, attempts: 2 });
      expect(lease.job.history).toMatchObject([{ result: 'INTERRUPTED' }, { result: null }]);
      expect(q.log.facts('warn')).toContainEqual(expect.objectContaining({ jobId: job.id, attempts: 1 }));
    });

    it('says when there may be a job: one has come, or nothing is waited for any more', async () => {
      expect(await q.claim()).toBeUndefined();
      const stop = new AbortController();
      const stopped = q.source.available(stop.signal);
      stop.abort();
      await stopped;
      const came = q.source.available(new AbortController().signal);
      const job = await q.queue.enqueue(newJob());
      await came;
      expect((await q.claim())?.job.id).toBe(job.id);
    });

    it('does not overlook a job that came after a claim that found none', async () => {
      expect(await q.claim()).toBeUndefined();
      await q.queue.enqueue(newJob());
      const since = performance.now();
      await q.source.available(new AbortController().signal);
      expect(performance.now() - since).toBeLessThan(1000); // not the two seconds of an idle wait
    });
  });
};
