import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { isFinished, type Job } from '../../src/jobs/job.ts';
import { Runner } from '../../src/jobs/runner.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { MemoryLog, newJob, watching } from './fixtures.ts';

/**
 * A server of nothing but the jobs, to be killed. Arguments: folder, number of jobs to accept, turns of the event loop that
 * a job takes, milliseconds by which its clock is ahead. Says on its standard output what it has accepted, started and
 * ended, when that can be relied on.
 */
const [dataDir, toAccept, turns, ahead] = process.argv.slice(2);

/** Unbuffered: what was said before a kill has been said. */
const say = (...words: (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`);

const log = new MemoryLog();
const now = (): number => Date.now() + Number(ahead);
const { queue, source } = openSqliteJobs({ dataDir: dataDir!, queueLimit: 10_000, log, now });
say('opened');

async function announceEnd({ id }: Job): Promise<void> {
  for await (const { job } of await watching(queue, id))
    if (isFinished(job.status)) say('ended', id, job.status);
}

for (const job of await queue.list({ status: ['QUEUED'], limit: 10_000, from: 'oldest' })) {
  void announceEnd(job);
}
const runner = new Runner({
  source,
  devices: [
    {
      name: 'cpu',
      open: () => Promise.resolve(),
      kill: () => Promise.resolve(),
      handle: async (job, run) => {
        say('started', job.id, job.attempts);
        for (let turn = 1; turn <= Number(turns); turn++) {
          await setImmediate();
          run.report({ stage: turn % 2 ? 'SAMPLING' : 'DECODING' });
        }
        return { images: [] };
      },
    },
  ],
  worker: `child ${process.pid}`,
  log,
  now,
});
runner.start();
for (let count = 0; count < Number(toAccept); count++) {
  const job = await queue.enqueue(newJob({ priority: count % 3 }));
  say('accepted', job.id);
  void announceEnd(job);
  await setImmediate();
}
