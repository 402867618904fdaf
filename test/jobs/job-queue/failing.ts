import { describe, expect, it } from 'vitest';
import { CheckpointError, DeviceError } from '../../../src/engine/index.ts';
import { SourceLostError } from '../../../src/jobs/failures.ts';
import { ended, latent, newJob, readAll } from '../fixtures.ts';
import { growing, type QueueBench } from './queue-bench.ts';

/** What a JobQueue does when a handler throws. */
export const describeFailing = (q: QueueBench): void => {
  describe('failing', () => {
    it.each([
      ['CheckpointError', new CheckpointError('key x: expected [2], found [3]'), 'CHECKPOINT_INVALID'],
      ['SourceLostError', new SourceLostError('the source image is gone'), 'SOURCE_LOST'],
    ])('fails a job with the message of a %s, without another attempt', async (_name, error, code) => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      (await q.handler.next()).fail(error);
      const failed = await ended(job, q.events);
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
      const job = await q.jobs.enqueue(newJob());
      const later = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      for (const attempt of [1, 2, 3]) {
        const { job: claimed, run, fail } = await q.handler.next();
        expect(claimed).toMatchObject({ id: job.id, attempts: attempt, step: 0 });
        run.progress({ stage: 'SAMPLING' });
        run.progress({ step: attempt }, { sigma: 1, preview: latent(1) });
        fail(new DeviceError('out of memory'));
      }
      (await q.handler.next()).succeed();
      expect(await ended(later, q.events)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await q.present(job)).toMatchObject({
        status: 'FAILED',
        attempts: 3,
        error: { code: 'DEVICE_FAILED', message: 'out of memory (tried 3 times)' },
      });
    });

    it('succeeds when a later attempt does', async () => {
      const job = await q.jobs.enqueue(newJob());
      const watch = q.events.watch(job.id, job);
      q.jobs.process(q.handler.handle);
      (await q.handler.next()).fail(new DeviceError('the engine process ended'));
      (await q.handler.next()).succeed();
      const seen = await readAll(watch);
      expect(seen.map(({ type }) => type)).toEqual(['queued', 'stage', 'queued', 'stage', 'completed']);
      expect(growing(seen.map(({ sequence }) => sequence))).toBe(true);
      expect(await q.present(job)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, error: null });
    });

    it('hides the message of any other error and logs it in full under an id', async () => {
      const job = await q.jobs.enqueue(newJob());
      q.jobs.process(q.handler.handle);
      const secret = new TypeError('cannot read /home/someone/.ssh/id_rsa');
      (await q.handler.next()).fail(secret);
      const { error } = await ended(job, q.events);
      expect(error?.code).toBe('INTERNAL');
      expect(error?.message).not.toContain('ssh');
      const [facts] = q.log.facts('error') as [{ incident: string }];
      expect(facts).toMatchObject({ jobId: job.id, err: secret });
      expect(error?.message).toContain(facts.incident);
    });

    it('survives a handler that throws at once or throws no Error', async () => {
      const a = await q.jobs.enqueue(newJob());
      const b = await q.jobs.enqueue(newJob());
      q.jobs.process((job) => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library may do
        throw job.id === a.id ? 'nonsense' : new CheckpointError('bad');
      });
      expect(await ended(a, q.events)).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
      expect(await ended(b, q.events)).toMatchObject({ error: { code: 'CHECKPOINT_INVALID' } });
    });
  });
};
