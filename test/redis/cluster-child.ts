import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinished } from '../../src/jobs/job.ts';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import { Runner, type JobHandler } from '../../src/jobs/runner.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { jobImage, latent, MemoryLog, newJob } from '../jobs/fixtures.ts';

/**
 * One process of a cluster with nothing but the queue, to be killed. Arguments: `api` or `worker`, the address of Redis, the
 * folder of the objects, the number of steps of a job. Says on its standard output what it has accepted, was told and started, when that can be relied on.
 */
const [role, url, folder, steps] = process.argv.slice(2);

/** Jobs of this process that have not ended, at most. */
const OUTSTANDING = 8;

/** Unbuffered: what was said before a kill has been said. */
const say = (...words: (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`);

const log = new MemoryLog();
const worker = `w${process.pid}`;
const { queue, source } = await openRedisJobs({
  url: url!,
  queueLimit: 10_000,
  log,
  ...(role === 'worker' && { worker: { name: worker, models: ['starter'] } }),
  lock: { duration: 1500, check: 300 },
});
say('opened');

async function follow(id: string): Promise<void> {
  const events = await queue.watch(id);
  if (typeof events === 'string') throw new Error(`job ${id} is ${events}`);
  for await (const event of events) {
    if (isFinished(event.job.status)) say('told', id, event.job.status);
  }
}

/** Accepts one job after the other, and cancels every tenth. Redis may be away: then nothing is acknowledged. */
async function accept(): Promise<void> {
  for (let count = 1; ; count++) {
    const asked = newJob({ priority: count % 3, owner: String(count % 2) });
    const job = await queue.enqueue(asked).catch(() => undefined);
    if (!job) continue;
    say('accepted', job.id);
    const following = follow(job.id).catch(() => undefined); // Redis is away
    if (count % 10 === 0) await queue.cancel(job.id).catch(() => undefined);
    await following;
  }
}

if (role === 'api') for (let i = 0; i < OUTSTANDING; i++) void accept();
else {
  const objects = await FileStore.open(folder!);
  const handle: JobHandler = async (job, run) => {
    say('started', job.id, job.attempts);
    for (let step = 1; step <= Number(steps); step++) {
      await sleep(20, undefined, { signal: run.signal });
      run.report({ stage: 'SAMPLING', step, totalSteps: Number(steps) }, { sigma: 1, preview: latent(step) });
    }
    run.report({ stage: 'STORING' });
    const { sha256 } = await objects.put(randomBytes(16));
    say('stored', job.id);
    return { images: [jobImage({ sha256 })] };
  };
  const device = {
    name: 'none',
    open: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    handle,
  };
  new Runner({ source: source!, devices: [device, { ...device }], worker, log }).start();
}
