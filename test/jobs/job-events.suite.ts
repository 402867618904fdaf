import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job, JobStatus } from '../../src/jobs/job.ts';
import { stateEvent } from '../../src/jobs/job-event.ts';
import type { JobEvent, JobEvents } from '../../src/jobs/ports.ts';
import { latent, read, readAll, storedJob } from './fixtures.ts';

/** One adapter without history. */
export interface EventsUnderTest {
  readonly events: JobEvents;
  close(): Promise<void>;
}

/** What every JobEvents promises. `lastSequence` is what is stored as the number of a job's last change of state. */
export function describeJobEvents(
  name: string,
  create: (options: { lastSequence: () => number }) => Promise<EventsUnderTest>,
): void {
  describe(`${name} as JobEvents`, () => {
    let subject: EventsUnderTest;
    let events: JobEvents;
    let sequence = 0;
    let stored = 0;

    beforeEach(async () => {
      subject = await create({ lastSequence: () => stored });
      events = subject.events;
      sequence = stored = 41;
    });
    afterEach(() => subject.close());

    const job = storedJob();
    const state = (status: JobStatus, changes: Partial<Job> = {}): JobEvent =>
      stateEvent({ ...job, status, ...changes }, { sequence: ++sequence, at: job.createdAt, preview: null });
    const step = (n: number): JobEvent => {
      const running: Job = { ...job, status: 'RUNNING', stage: 'SAMPLING', step: n };
      return { type: 'step', job: running, sequence: ++sequence, at: 5, sigma: 1, preview: latent(n) };
    };
    const publish = (...published: JobEvent[]): JobEvent[] => {
      for (const event of published) {
        if (event.type !== 'step') stored = event.sequence;
        events.publish(event);
      }
      return published;
    };

    it('gives the present state first, then every change until the end', async () => {
      const [queued] = publish(state('QUEUED'));
      const watch = events.watch(job.id, job);
      const seen = await read(watch, 1);
      for (const next of [state('RUNNING'), step(1), step(2), state('SUCCEEDED')]) {
        publish(next);
        seen.push(...(await read(watch, 1)));
        expect(seen.at(-1)).toEqual(next);
      }
      expect(seen[0]).toEqual(queued);
      expect(await readAll(watch)).toEqual([]);
    });

    it('gives a late watcher the last step with its preview, or the last stage with it', async () => {
      const [, last] = publish(state('RUNNING'), step(3));
      expect(await read(events.watch(job.id, job), 1)).toEqual([last]);
      const running = { ...job, status: 'RUNNING', stage: 'DECODING' } as const;
      const [stage] = publish(stateEvent(running, { sequence: ++sequence, at: 6, preview: latent(3) }));
      expect(await read(events.watch(job.id, job), 1)).toEqual([stage]);
    });

    it.each(['SUCCEEDED', 'FAILED', 'CANCELED'] as const)(
      'gives one that joins after the end as %s the terminal event alone',
      async (status) => {
        const [, terminal] = publish(state('RUNNING'), state(status));
        expect(await readAll(events.watch(job.id, job))).toEqual([terminal]);
      },
    );

    it('tells the state of a job it does not remember from what it is given', async () => {
      const finished: Job = { ...job, status: 'SUCCEEDED', stage: 'DONE', finishedAt: 9 };
      expect(await readAll(events.watch(job.id, finished))).toEqual([
        { type: 'completed', job: finished, sequence: 41, at: 9 },
      ]);
      const watch = events.watch(job.id, job);
      expect(await read(watch, 1)).toEqual([{ type: 'queued', job, sequence: 41, at: job.createdAt }]);
      const [canceled] = publish(state('CANCELED'));
      expect(await readAll(watch)).toEqual([canceled]);
    });

    it('trusts what it remembers more than an older state, but not about the place in the line', async () => {
      publish(state('QUEUED', { queuePosition: 7 }));
      const moved = { ...job, queuePosition: 2 };
      expect(await read(events.watch(job.id, moved), 1)).toMatchObject([{ job: { queuePosition: 2 } }]);
      const [running] = publish(state('RUNNING'));
      expect(await read(events.watch(job.id, job), 1)).toEqual([running]);
    });

    it('lets a slow reader miss steps and places in the line, never another change', async () => {
      publish(state('QUEUED'));
      const watch = events.watch(job.id, job);
      const [, place] = publish(state('QUEUED', { queuePosition: 2 }), state('QUEUED', { queuePosition: 1 }));
      const [loading, , last, decoding] = publish(state('RUNNING'), step(1), step(2), state('RUNNING'));
      expect(await read(watch, 4)).toEqual([place, loading, last, decoding]);
    });

    it('drops a waiting step when the end comes, and still tells the changes before it', async () => {
      const watch = events.watch(job.id, job);
      await read(watch, 1);
      const [running, , failed] = publish(state('RUNNING'), step(1), state('FAILED'));
      expect(await readAll(watch)).toEqual([running, failed]);
    });

    it('keeps a bounded number of events for a reader that never reads', async () => {
      const watch = events.watch(job.id, job);
      for (let n = 1; n <= 5000; n++) publish(step(n));
      const [completed] = publish(state('SUCCEEDED'));
      const seen = await readAll(watch);
      expect(seen.length).toBeLessThanOrEqual(2);
      expect(seen.at(-1)).toEqual(completed);
    });

    it('serves any number of watchers, each at its own pace', async () => {
      publish(state('QUEUED'));
      const slow = events.watch(job.id, job);
      const quick = Array.from({ length: 1000 }, () => events.watch(job.id, job));
      await Promise.all(quick.map((watch) => read(watch, 1)));
      const expected = [state('RUNNING'), step(1), step(2), state('SUCCEEDED')];
      for (const event of expected) {
        const reading = quick.map((watch) => read(watch, 1));
        publish(event);
        expect(await Promise.all(reading)).toEqual(quick.map(() => [event]));
      }
      expect((await readAll(slow)).map(({ type }) => type)).toEqual(['queued', 'stage', 'completed']);
    });

    it('tells each job to its own watchers only', async () => {
      const other: Job = { ...job, id: `${job.id.slice(0, -1)}f` };
      const watch = events.watch(other.id, other);
      publish(state('RUNNING'), state('SUCCEEDED'));
      const canceled = stateEvent({ ...other, status: 'CANCELED' }, { sequence: 42, at: 1, preview: null });
      publish(canceled);
      expect((await readAll(watch)).map((event) => event.job.id)).toEqual([other.id, other.id]);
    });

    it('stops telling a watcher that has left, though others stay', async () => {
      const leaving = events.watch(job.id, job);
      const staying = events.watch(job.id, job);
      await read(leaving, 1);
      const pending = leaving.next();
      expect(await leaving.return!()).toEqual({ value: undefined, done: true });
      expect(await pending).toEqual({ value: undefined, done: true });
      const [running, canceled] = publish(state('RUNNING'), state('CANCELED'));
      expect(await readAll(leaving)).toEqual([]);
      expect((await readAll(staying)).slice(1)).toEqual([running, canceled]);
    });

    it('answers several reads at once in order, and all of them at the end', async () => {
      const watch = events.watch(job.id, job);
      const reads = [watch.next(), watch.next(), watch.next(), watch.next()];
      const [running, canceled] = publish(state('RUNNING'), state('CANCELED'));
      const results = await Promise.all(reads);
      expect(results.slice(1)).toEqual([
        { value: running, done: false },
        { value: canceled, done: false },
        { value: undefined, done: true },
      ]);
    });

    it('remembers the last event of a job', () => {
      expect(events.snapshot(job.id)).toBeUndefined();
      const [, last] = publish(state('RUNNING'), step(1));
      expect(events.snapshot(job.id)).toEqual(last);
    });

    it('forgets jobs that ended long ago', () => {
      const ids = Array.from({ length: 2000 }, (_, i) => `job-${i}`);
      for (const id of ids) publish(state('SUCCEEDED', { id }));
      expect(events.snapshot(ids[0]!)).toBeUndefined();
      expect(events.snapshot(ids.at(-1)!)).toBeDefined();
      expect(ids.filter((id) => events.snapshot(id)).length).toBeLessThanOrEqual(1000);
    });
  });
}
