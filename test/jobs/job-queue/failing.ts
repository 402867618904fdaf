import { describe, expect, it } from 'vitest';
import {
  CheckpointError,
  DeviceError,
  DivergedError,
  UnsupportedTaskError,
} from '../../../src/engine/index.ts';
import { SourceLostError } from '../../../src/jobs/lifecycle.ts';
import { ended, latent, newJob, read, readAll } from '../fixtures.ts';
import { growing, type QueueBench } from './queue-bench.ts';

/** What a store does when a handler throws. */
export const describeFailing = (q: QueueBench): void => {
  describe('failing', () => {
    it.each([
      ['CheckpointError', new CheckpointError('key x: expected [2], found [3]'), 'CHECKPOINT_INVALID'],
      ['UnsupportedTaskError', new UnsupportedTaskError('quality FAST: leave it out'), 'UNSUPPORTED'],
      ['DivergedError', new DivergedError('sampling diverged'), 'DIVERGED'],
      ['SourceLostError', new SourceLostError('the source image is gone'), 'SOURCE_LOST'],
    ])('fails a job with the message of a %s, without another attempt', async (_name, error, code) => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      (await q.handler.next()).fail(error);
      const failed = await ended(q.queue, job.id);
      expect(failed).toMatchObject({
        status: 'FAILED',
        stage: 'LOADING_MODEL',
        attempts: 1,
        finishedAt: q.clock.time,
        error: { code, message: error.message },
      });
      expect(await q.present(job)).toEqual(failed);
    });

    it('tries a job again after a DeviceError, three times in all', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      for (const attempt of [1, 2, 3]) {
        const { job: claimed, run, fail } = await q.handler.next();
        expect(claimed).toMatchObject({ id: job.id, attempts: attempt, step: 0 });
        run.report({ stage: 'SAMPLING' });
        run.report({ step: attempt }, { sigma: 1, preview: latent(1) });
        fail(new DeviceError('out of memory'));
        await q.passPause(5000);
      }
      expect(await q.present(job)).toMatchObject({
        status: 'FAILED',
        attempts: 3,
        error: { code: 'DEVICE_FAILED', message: 'out of memory (3 attempts)' },
      });
      const next = await q.queue.enqueue(newJob());
      (await q.handler.next()).succeed();
      expect(await ended(q.queue, next.id)).toMatchObject({ status: 'SUCCEEDED' });
    });

    it('succeeds when a later attempt does', async () => {
      const job = await q.queue.enqueue(newJob());
      const watch = await q.watch(job);
      q.start();
      (await q.handler.next()).fail(new DeviceError('the engine process ended'));
      const seen = await read(watch, 3);
      await q.passPause(1000);
      (await q.handler.next()).succeed();
      seen.push(...(await readAll(watch)));
      expect(seen.map(({ type }) => type)).toEqual(['queued', 'stage', 'queued', 'stage', 'completed']);
      expect(growing(seen.map(({ sequence }) => sequence))).toBe(true);
      expect(await q.present(job)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, error: null });
    });

    it('hides the message of any other error and logs it in full under an id', async () => {
      const job = await q.queue.enqueue(newJob());
      q.start();
      const secret = new TypeError('cannot read /home/someone/.ssh/id_rsa');
      (await q.handler.next()).fail(secret);
      const { error } = await ended(q.queue, job.id);
      expect(error?.code).toBe('INTERNAL');
      expect(error?.message).not.toContain('ssh');
      const [facts] = q.log.facts('error') as [{ incident: string }];
      expect(facts).toMatchObject({ jobId: job.id, err: secret });
      expect(error?.message).toContain(facts.incident);
    });

    it('survives a handler that throws at once or throws no Error', async () => {
      const a = await q.queue.enqueue(newJob());
      const b = await q.queue.enqueue(newJob());
      q.start((job) => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library may do
        throw job.id === a.id ? 'nonsense' : new CheckpointError('bad');
      });
      expect(await ended(q.queue, a.id)).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
      expect(await ended(q.queue, b.id)).toMatchObject({ error: { code: 'CHECKPOINT_INVALID' } });
    });
  });
};
