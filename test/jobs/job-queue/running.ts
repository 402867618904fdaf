import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { ended, jobImage, latent, newJob, read, readAll, request } from '../fixtures.ts';
import { growing, type QueueBench } from './queue-bench.ts';

/** In which order a JobQueue runs jobs, and what it tells meanwhile. */
export const describeRunning = (q: QueueBench): void => {
  describe('running', () => {
    it('runs higher priorities first, and equal ones in order of arrival', async () => {
      const accepted: string[] = [];
      for (const priority of [0, 5, 0, 5, -1]) {
        accepted.push((await q.jobs.enqueue(newJob({ priority }))).id);
      }
      const order = [1, 3, 0, 2, 4].map((i) => accepted[i]!);
      const waiting = (await q.jobs.getMany(order)) as Job[];
      expect(waiting.map(({ queuePosition }) => queuePosition)).toEqual([0, 1, 2, 3, 4]);
      q.jobs.process(q.handler.handle);
      for (const id of order) {
        const { job, succeed } = await q.handler.next();
        expect(job.id).toBe(id);
        expect(q.handler.unasked).toBe(0); // one at a time
        succeed();
      }
    });

    it('takes a second handler for the mistake it is', () => {
      q.jobs.process(q.handler.handle);
      expect(() => {
        q.jobs.process(q.handler.handle);
      }).toThrow('handler');
    });

    it('finishes a job with its images, times and stage', async () => {
      const created = q.clock.time;
      const job = await q.jobs.enqueue(newJob());
      q.clock.time += 5;
      q.jobs.process(q.handler.handle);
      const { job: claimed, run, succeed } = await q.handler.next();
      expect(claimed).toMatchObject({ status: 'RUNNING', stage: 'LOADING_MODEL', attempts: 1 });
      q.clock.time += 100;
      run.progress({ stage: 'SAMPLING', totalSteps: 1 });
      q.clock.time += 1000;
      run.progress({ step: 1 }, { sigma: 1, preview: latent(1) });
      q.clock.time += 10;
      run.progress({ stage: 'STORING' });
      q.clock.time += 20;
      const images = [jobImage(), jobImage({ index: 1, seed: '0' })];
      succeed(images);
      const finished = {
        ...job,
        status: 'SUCCEEDED',
        stage: 'DONE',
        step: 1,
        totalSteps: 1,
        images,
        queuePosition: null,
        attempts: 1,
        startedAt: created + 5,
        finishedAt: created + 1135,
        timings: { WAITING: 5, LOADING_MODEL: 100, SAMPLING: 1010, STORING: 20 },
      };
      expect(await ended(job, q.events)).toEqual(finished);
      expect(await q.present(job)).toEqual(finished);
      await q.reopen();
      expect(await q.present(job)).toEqual(finished);
    });

    it('publishes every change as a complete snapshot with a growing sequence', async () => {
      const job = await q.jobs.enqueue(newJob());
      const watch = q.events.watch(job.id, job);
      q.jobs.process(q.handler.handle);
      const { run, succeed } = await q.handler.next();
      const seen = await read(watch, 2);
      const tell = async (...report: Parameters<typeof run.progress>) => {
        q.clock.time += 1000;
        run.progress(...report);
        seen.push(...(await read(watch, 1)));
      };
      await tell({ stage: 'SAMPLING', totalSteps: 2 });
      await tell({ step: 1 }, { sigma: 9, preview: latent(1) });
      await tell({ step: 2 }, { sigma: 3, preview: latent(2) });
      await tell({ stage: 'DECODING' });
      succeed();
      seen.push(...(await readAll(watch)));
      const short = seen.map((event) => [event.type, event.job.status, event.job.stage, event.job.step]);
      expect(short).toEqual([
        ['queued', 'QUEUED', 'WAITING', 0],
        ['stage', 'RUNNING', 'LOADING_MODEL', 0],
        ['stage', 'RUNNING', 'SAMPLING', 0],
        ['step', 'RUNNING', 'SAMPLING', 1],
        ['step', 'RUNNING', 'SAMPLING', 2],
        ['stage', 'RUNNING', 'DECODING', 2],
        ['completed', 'SUCCEEDED', 'DONE', 2],
      ]);
      expect(seen[3]).toMatchObject({ sigma: 9, preview: latent(1), job: { etaSeconds: 1 } });
      expect(seen[5]).toMatchObject({ preview: latent(2) });
      for (const event of seen) expect(event.job.request).toEqual(request());
      expect(growing(seen.map(({ sequence }) => sequence))).toBe(true);
    });

    it('tells nothing when a report changes nothing, and never goes back', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const { run } = await q.handler.next();
      run.progress({ stage: 'SAMPLING', totalSteps: 4 });
      run.progress({ step: 3 }, { sigma: 2, preview: latent(3) });
      const before = q.events.snapshot(job.id);
      run.progress({ stage: 'SAMPLING' });
      run.progress({ step: 2 }, { sigma: 4, preview: latent(2) });
      expect(q.events.snapshot(job.id)).toEqual(before);
      run.progress({ totalSteps: 2 });
      expect(await q.present(job)).toMatchObject({ step: 3, totalSteps: 3 });
    });

    it('tells watched jobs when they move up in the line', async () => {
      const first = await q.jobs.enqueue(newJob());
      const second = await q.jobs.enqueue(newJob());
      const third = await q.jobs.enqueue(newJob());
      const watch = q.events.watch(third.id, third);
      const positions = async (count: number) =>
        (await read(watch, count)).map(({ type, job }) => [type, job.queuePosition]);
      expect(await positions(1)).toEqual([['queued', 2]]);
      await q.jobs.cancel(second.id);
      expect(await positions(1)).toEqual([['queued', 1]]);
      await q.jobs.enqueue(newJob({ priority: 1 }));
      expect(await positions(1)).toEqual([['queued', 2]]);
      await q.jobs.cancel(first.id);
      expect(await positions(1)).toEqual([['queued', 1]]);
    });
  });
};
