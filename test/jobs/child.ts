import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openEmbeddedJobs } from '../../src/jobs/embedded.ts';
import { isFinished, type Job } from '../../src/jobs/job.ts';
import { MemoryLog, newJob } from './fixtures.ts';

/**
 * A server of nothing but the queue, to be killed. Arguments: folder, number of jobs to accept, turns of the event loop
 * that a job takes. Says on its standard output what it has accepted, started and ended, when that can be relied on.
 */
const [dataDir, toAccept, turns] = process.argv.slice(2);

/** Unbuffered: what was said before a kill has been said. */
const say = (...words: (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`);

const { jobs, events } = openEmbeddedJobs({ dataDir: dataDir!, queueLimit: 10_000, log: new MemoryLog() });
say('opened');

async function announceEnd(job: Job): Promise<void> {
  for await (const event of events.watch(job.id, job)) {
    if (isFinished(event.job.status)) say('ended', job.id, event.job.status);
  }
}

for (const job of await jobs.list({ status: ['QUEUED'], limit: 10_000, from: 'oldest' })) {
  void announceEnd(job);
}
jobs.process(async (job, run) => {
  say('started', job.id, job.attempts);
  for (let turn = 1; turn <= Number(turns); turn++) {
    await setImmediate();
    run.progress({ stage: turn % 2 ? 'SAMPLING' : 'DECODING' });
  }
  return { images: [] };
});
for (let count = 0; count < Number(toAccept); count++) {
  const job = await jobs.enqueue(newJob({ priority: count % 3 }));
  say('accepted', job.id);
  void announceEnd(job);
  await setImmediate();
}
