import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../src/config.ts';
import type { Job } from '../src/jobs/job.ts';
import type { JobEvent } from '../src/jobs/queue.ts';
import { openServices } from '../src/services/index.ts';
import { newJob } from './new-job.ts';

/**
 * Measures a cancellation: the time until watchers are notified, until the next job starts and until its
 * first step is done, and the memory in use afterwards. `npm run bench -- cancel [--model starter] [--size
 * 256] [--rounds 5]`
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'starter' },
    size: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '5' },
  },
});

const dataDir = await mkdtemp(join(tmpdir(), 'latentql-bench-'));
const services = await openServices(
  readConfig({ ...process.env, DATA_DIR: dataDir }),
  pino({ level: 'silent' }),
);
const { jobs } = services;
const megabytes = async () => Math.round((await services.devices())[0]!.residentBytes / 2 ** 20);
try {
  await until(await submit(2), ({ type }) => type === 'completed');
  console.log(`engine process after a job    ${await megabytes()} MB resident`);
  for (const immediately of [false, true]) {
    const times: number[][] = [];
    for (let round = 0; round < Number(values.rounds); round++) times.push(await cancelOne(immediately));
    const median = (column: number): string => {
      const sorted = times.map((row) => row[column]!).sort((a, b) => a - b);
      return sorted[sorted.length >> 1]!.toFixed(0);
    };
    console.log(
      `${immediately ? 'immediately' : 'between steps'}: watchers know after ${median(0)} ms, the next job starts after ` +
        `${median(1)} ms, its first step is done after ${median(2)} ms; then ${await megabytes()} MB resident`,
    );
  }
} finally {
  await services.close();
  await rm(dataDir, { recursive: true });
}

/**
 * Cancels a job at its third step while another is waiting. Returns the milliseconds until each of the three
 * events.
 */
async function cancelOne(immediately: boolean): Promise<number[]> {
  const job = await submit(150);
  const next = await submit(2);
  const notified = until(job, ({ type }) => type === 'canceled');
  const started = until(next, ({ type }) => type === 'stage');
  const stepped = until(next, ({ type }) => type === 'step');
  const completed = until(next, ({ type }) => type === 'completed');
  await until(job, (event) => event.type === 'step' && event.job.step >= 3);
  const since = performance.now();
  await jobs.cancel(job.id, { immediately });
  const times = await Promise.all([notified, started, stepped]);
  await completed;
  return times.map((time) => time - since);
}

function submit(steps: number): Promise<Job> {
  return jobs.enqueue(newJob({ model: values.model, side: Number(values.size), steps }));
}

/** The time of the first event for which `isIt` holds. */
async function until(job: Job, isIt: (event: JobEvent) => boolean): Promise<number> {
  const events = await jobs.watch(job.id);
  if (typeof events === 'string') throw new Error(`job ${job.id} is ${events}`);
  for await (const event of events) if (isIt(event)) return performance.now();
  throw new Error(`job ${job.id} ended before`);
}
