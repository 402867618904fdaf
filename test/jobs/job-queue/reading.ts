import { describe, expect, it } from 'vitest';
import { latent, newJob, request } from '../fixtures.ts';
import { type QueueBench, until } from './queue-bench.ts';

/** How the jobs of a JobQueue are read. */
export const describeReading = (q: QueueBench): void => {
  describe('reading', () => {
    it('does not know an id that was never given', async () => {
      expect(await q.queue.get('01890000-0000-7000-8000-000000000000')).toBe('unknown');
      expect(await q.queue.get("'; DROP TABLE jobs; --")).toBe('unknown');
    });

    it('returns many jobs in the order of the ids, repeated and unknown ones included', async () => {
      const a = await q.queue.enqueue(newJob());
      const b = await q.queue.enqueue(newJob());
      expect(await q.queue.getMany([b.id, 'nonsense', a.id, b.id])).toEqual([b, 'unknown', a, b]);
      expect(await q.queue.getMany([])).toEqual([]);
    });

    it('counts what waits and runs, and says since when the oldest waits', async () => {
      expect(await q.queue.counts()).toEqual({ waiting: 0, running: 0, oldestWaiting: null });
      const { createdAt } = await q.queue.enqueue(newJob());
      q.clock.time += 1000;
      await q.queue.enqueue(newJob({ priority: 1 }));
      expect(await q.queue.counts()).toEqual({ waiting: 2, running: 0, oldestWaiting: createdAt });
    });

    it('gives the waiting jobs of each model in the order in which they will run', async () => {
      const of = (model: string, priority = 0, owner = '') =>
        q.queue.enqueue(newJob({ request: request({ model }), priority, owner }));
      const jobs = [await of('starter', 0, 'a'), await of('starter', 0, 'a'), await of('starter', 0, 'b')];
      const urgent = await of('starter', 7);
      const other = await of('other');
      const waiting = await q.queue.waiting(3);
      expect([...waiting.keys()].toSorted()).toEqual(['other', 'starter']);
      expect(waiting.get('other')).toMatchObject([{ id: other.id, priority: 0 }]);
      const { model, width, height, batchSize, samplerName, cfg, steps } = request();
      expect(waiting.get('starter')).toMatchObject([
        { id: urgent.id, priority: 7, request: { model, width, height, batchSize, samplerName, cfg, steps } },
        { id: jobs[0]!.id, priority: 0 },
        { id: jobs[2]!.id, priority: 0 },
      ]);
      expect(waiting.get('starter')).toHaveLength(3);
    });

    it('shows the progress of the running job wherever it is read', async () => {
      q.start();
      const job = await q.queue.enqueue(newJob());
      const { run } = await q.handler.next();
      run.report({ stage: 'SAMPLING', totalSteps: 3 });
      q.clock.time += 1000;
      run.report({ step: 1 }, { sigma: 7, preview: latent(1) });
      await until(await q.watch(job), (event) => event.job.step === 1);
      const expected = { status: 'RUNNING', stage: 'SAMPLING', step: 1, totalSteps: 3, stepTime: 1000 };
      expect(await q.queue.get(job.id)).toMatchObject(expected);
      expect((await q.queue.getMany([job.id]))[0]).toMatchObject(expected);
      expect((await q.queue.list({ limit: 1, from: 'newest' }))[0]).toMatchObject(expected);
      expect(await q.queue.counts()).toEqual({ waiting: 0, running: 1, oldestWaiting: null });
    });
  });
};
