import { expect, it } from 'vitest';
import { EmbeddedEvents } from '../../src/jobs/embedded-events.ts';
import { openEmbeddedJobs } from '../../src/jobs/embedded.ts';
import { storedJob, read, readAll, temporaryFolder } from './fixtures.ts';
import { describeJobEvents } from './job-events.suite.ts';
import { describeJobQueue } from './job-queue.suite.ts';

describeJobQueue('EmbeddedQueue', async () => {
  const folder = await temporaryFolder();
  return {
    open: (settings) => Promise.resolve(openEmbeddedJobs({ dataDir: folder.path, ...settings })),
    remove: folder.remove,
  };
});

describeJobEvents('EmbeddedEvents', ({ lastSequence }) => {
  const events = new EmbeddedEvents(lastSequence);
  return Promise.resolve({
    events,
    close: () => {
      events.close();
      return Promise.resolve();
    },
  });
});

it('knows which jobs are watched, and holds on to no watcher that has left', async () => {
  const events = new EmbeddedEvents(() => 0);
  const job = storedJob();
  const a = events.watch(job.id, job);
  const b = events.watch(job.id, job);
  expect([...events.watched()]).toEqual([job.id]);
  await a.return!();
  expect([...events.watched()]).toEqual([job.id]);
  await b.return!();
  expect([...events.watched()]).toEqual([]);
});

it('does not keep a waiting job that nobody has watched', () => {
  const events = new EmbeddedEvents(() => 0);
  const job = storedJob();
  const queued = { type: 'queued', job, sequence: 1, at: 0 } as const;
  events.publish(queued);
  expect(events.snapshot(job.id)).toBeUndefined();
  events.watch(job.id, job);
  events.publish(queued);
  expect(events.snapshot(job.id)).toBe(queued);
});

it('ends every watch when it closes, and gives later ones the present state alone', async () => {
  const events = new EmbeddedEvents(() => 0);
  const job = storedJob();
  const watch = events.watch(job.id, job);
  const [queued] = await read(watch, 1);
  const pending = watch.next();
  events.close();
  expect(await pending).toEqual({ value: undefined, done: true });
  expect(await readAll(events.watch(job.id, job))).toEqual([queued]);
});
