import { describe, expect, it, vi } from 'vitest';
import type { PreviewWish } from '../../../src/engine/index.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { ended, jobImage, latent, newJob, read, readAll, request } from '../fixtures.ts';
import { growing, type QueueBench, until } from './queue-bench.ts';

/** In which order a JobQueue runs jobs, and what it tells meanwhile. */
export const describeRunning = (q: QueueBench): void => {
  describe('running', () => {
    it('runs higher priorities first, and equal ones in order of arrival', async () => {
      const accepted: string[] = [];
      for (const priority of [0, 5, 0, 5, -1]) {
        accepted.push((await q.queue.enqueue(newJob({ priority }))).id);
      }
      const order = [1, 3, 0, 2, 4].map((i) => accepted[i]!);
      const waiting = (await q.queue.getMany(order)) as Job[];
      expect(waiting.map(({ queuePosition }) => queuePosition)).toEqual([0, 1, 2, 3, 4]);
      q.start();
      for (const id of order) {
        const { job, succeed } = await q.handler.next();
        expect(job.id).toBe(id);
        expect(q.handler.unasked).toBe(0); // one at a time
        succeed();
      }
    });

    it('finishes a job with its images, times and stage', async () => {
      const created = q.clock.time;
      const job = await q.queue.enqueue(newJob());
      q.clock.time += 5;
      q.start();
      const { job: claimed, run, succeed } = await q.handler.next();
      expect(claimed).toMatchObject({ status: 'RUNNING', stage: 'LOADING_MODEL', attempts: 1 });
      q.clock.time += 100;
      run.report({ stage: 'SAMPLING', totalSteps: 1 });
      q.clock.time += 1000;
      run.report({ step: 1 }, { sigma: 1, preview: latent(1) });
      q.clock.time += 10;
      run.report({ stage: 'STORING' });
      q.clock.time += 20;
      const images = [jobImage(), jobImage({ index: 1, seed: '0' })];
      succeed(images);
      const finished = {
        ...job,
        status: 'SUCCEEDED',
        stage: 'DONE',
        step: 1,
        totalSteps: 1,
        stepTime: 1000,
        images,
        queuePosition: null,
        attempts: 1,
        history: [
          {
            worker: 'w',
            device: 'cpu',
            startedAt: created + 5,
            endedAt: created + 1135,
            result: 'SUCCEEDED',
            reason: null,
          },
        ],
        startedAt: created + 5,
        finishedAt: created + 1135,
        timings: { WAITING: 5, LOADING_MODEL: 100, SAMPLING: 1010, STORING: 20 },
      };
      expect(await ended(q.queue, job.id)).toEqual(finished);
      expect(await q.present(job)).toEqual(finished);
      await q.reopen();
      expect(await q.present(job)).toEqual(finished);
    });

    it('publishes every change as a complete snapshot with a growing sequence', async () => {
      const job = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      q.start();
      const { run, succeed } = await q.handler.next();
      const seen = await read(watch, 2);
      const tell = async (...report: Parameters<typeof run.report>) => {
        q.clock.time += 1000;
        run.report(...report);
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
      expect(seen[3]).toMatchObject({ sigma: 9, preview: latent(1), job: { stepTime: 1000 } });
      expect(seen[5]).toMatchObject({ preview: latent(2) });
      for (const event of seen) expect(event.job.request).toEqual(request());
      expect(growing(seen.map(({ sequence }) => sequence))).toBe(true);
    });

    it('publishes nothing when a report changes nothing, and never goes back', async () => {
      const job = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      q.start();
      const { run, succeed } = await q.handler.next();
      run.report({ stage: 'SAMPLING', totalSteps: 4 });
      run.report({ step: 3 }, { sigma: 2, preview: latent(3) });
      await until(watch, (event) => event.job.step === 3);
      run.report({ stage: 'SAMPLING' });
      run.report({ step: 2 }, { sigma: 4, preview: latent(2) });
      run.report({ totalSteps: 2 });
      expect(await read(watch, 1)).toMatchObject([{ type: 'stage', job: { step: 3, totalSteps: 3 } }]);
      succeed();
      expect((await readAll(watch)).map(({ type }) => type)).toEqual(['completed']);
    });

    it('tells who runs a job how large its previews are wanted, and nobody else', async () => {
      const [job, other] = [await q.queue.enqueue(newJob()), await q.queue.enqueue(newJob())];
      q.start();
      const { run, succeed } = await q.handler.next();
      const sizes: number[] = [];
      run.viewers.onWish(({ size }) => sizes.push(size));
      for (const id of [other.id, 'unknown', job.id])
        q.queue.wantPreview(id, { size: id === job.id ? 64 : 1000, images: 2 });
      await vi.waitFor(() => {
        expect(sizes).toEqual([64]);
      });
      q.queue.wantPreview(job.id, { size: 64, images: 2 }); // nothing new at this moment
      q.queue.wantPreview(job.id, { size: 512, images: 1 });
      await vi.waitFor(() => {
        expect(sizes).toEqual([64, 512]);
      });
      const late: PreviewWish[] = [];
      run.viewers.onWish((wish) => late.push(wish));
      expect(late).toEqual([{ size: 512, images: 1 }]);
      succeed();
      await ended(q.queue, job.id);
      q.queue.wantPreview(job.id, { size: 1024, images: 1 });
      (await q.handler.next()).succeed();
      await ended(q.queue, other.id);
      expect([sizes, late.map(({ size }) => size)]).toEqual([[64, 512], [512]]);
    });

    it('goes on with what waits after a job has ended, without a pause', async () => {
      q.start();
      for (let i = 0; i < 3; i++) {
        const job = await q.queue.enqueue(newJob());
        (await q.handler.next()).succeed();
        expect(await ended(q.queue, job.id)).toMatchObject({ status: 'SUCCEEDED' });
      }
    });
  });
};
