import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openClusterJobs } from '../src/jobs/cluster.ts';
import type { Job } from '../src/jobs/job.ts';
import type { JobHandler, NewJob } from '../src/jobs/ports.ts';
import { RedisServer } from '../test/redis/redis-server.ts';
import { measureRedis } from './fleet-redis.ts';
import { newJob } from './new-job.ts';

/**
 * What a fleet carries: workers whose engine sleeps instead of computing, one process each, and an API process with many
 * watchers at its JobEvents port (what WebSockets add is measured by `watchers`), on a Redis of its own. Against it stands
 * what that Redis carries of bare commands of the same sizes, in the same run.
 * `npm run bench -- fleet [--workers 1,4,16] [--watchers 1,1000,5000] [--seconds 5]`
 */

/** A job for throughput: 4 steps of 5 ms. One to watch, until it is canceled: 10 steps a second with the latents of a 512² picture. */
const QUICK = { steps: 4, stepTime: 5 };
const WATCHED = { steps: 100_000, stepTime: 100 };

const LATENT = { family: 'sd15', channels: 4, height: 64, width: 64 } as const;

const silent = { info: () => undefined, warn: () => undefined, error: console.error };

const jobOf = ({ steps }: { steps: number }): NewJob =>
  newJob({
    model: 'starter',
    side: 512,
    steps,
    prompt: 'the sea at sunset, a red boat, waves and a lighthouse on the left',
    negativePrompt: 'text, watermark',
  });

const open = (url: string) =>
  openClusterJobs({ url, queueLimit: 1_000_000, log: silent, models: ['starter'] });

/** The stand-in engine: it sleeps for each step and shows noise. */
const sleeper: JobHandler = async ({ request: { steps } }, run) => {
  const { stepTime } = steps === QUICK.steps ? QUICK : WATCHED;
  const data = Float32Array.from({ length: 4 * 64 * 64 }, () => Math.random());
  for (let step = 1; step <= steps; step++) {
    await sleep(stepTime, undefined, { signal: run.signal });
    run.progress(
      { stage: 'SAMPLING', step, totalSteps: steps },
      { sigma: 1, preview: { ...LATENT, data: data.slice() } },
    );
  }
  return { images: [] };
};

/** What the watchers of a process have seen. */
interface Sight {
  readonly events: number;
  /** Milliseconds of processor time of their process. */
  readonly processorTime: number;
  /** From the event's time to its arrival, in milliseconds; all processes share the machine's clock. */
  readonly latencies: number[];
}

async function beWorker(url: string): Promise<void> {
  const { jobs } = await open(url);
  jobs.process(sleeper);
  process.send!('ready');
}

async function beWatchers(url: string, count: number, seconds: number, ids: string[]): Promise<void> {
  const { jobs, events } = await open(url);
  const found = (await jobs.getMany(ids)) as Job[];
  const latencies: number[] = [];
  let seen = 0;
  let isOn = false;
  for (let i = 0; i < count; i++) {
    const job = found[i % found.length]!;
    const watch = events.watch(job.id, job);
    const follow = async () => {
      for await (const event of watch) {
        if (!isOn || event.type !== 'step') continue;
        seen++;
        latencies.push(Date.now() - event.at);
      }
    };
    void follow();
  }
  await sleep(1000);
  isOn = true;
  const since = process.cpuUsage();
  await sleep(seconds * 1000);
  isOn = false;
  const { user, system } = process.cpuUsage(since);
  process.send!({ events: seen, processorTime: (user + system) / 1000, latencies } satisfies Sight);
}

function start(...args: (string | number)[]): ChildProcess {
  const script = fileURLToPath(import.meta.url);
  return fork(script, args.map(String), { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
}

const percentile = (numbers: number[], p: number): number =>
  numbers.sort((a, b) => a - b)[Math.floor(p * (numbers.length - 1))] ?? NaN;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workers: { type: 'string', default: '1,4,16' },
      watchers: { type: 'string', default: '1,1000,5000' },
      seconds: { type: 'string', default: '5' },
    },
  });
  const seconds = Number(values.seconds);
  const list = (text: string) => text.split(',').map(Number);
  const redis = await RedisServer.start();
  const { jobs, events } = await open(redis.url);
  const connections: { close: () => void }[] = [];
  try {
    const json = JSON.stringify(jobOf(QUICK)).length + 400;
    const bare = await measureRedis(redis.url, {
      record: json,
      message: LATENT.channels * 64 * 64 * 4 + json,
    });
    connections.push(bare);
    for (const policy of ['always', 'everysec'] as const) {
      await bare.setFsync(policy);
      console.log(
        `appendfsync ${policy}: Redis alone writes ${await bare.writes()} records/s of ${json} B; ` +
          `jobs accepted ${await acceptRate()}`,
      );
    }
    console.log(`Redis alone carries ${await bare.messages()} messages/s with a preview to one subscriber`);

    for (const count of list(values.workers)) {
      const workers = Array.from({ length: count }, () => start('worker', redis.url));
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      await drainQueue();
      console.log(`${count} workers: ${await throughput(count, bare.processorTime)}`);
      for (const watchers of list(values.watchers)) {
        const running = await Promise.all(Array.from({ length: count }, () => jobs.enqueue(jobOf(WATCHED))));
        while ((await jobs.counts()).running < count) await sleep(50);
        const child = start('watchers', redis.url, watchers, seconds, ...running.map(({ id }) => id));
        const [{ events: seen, processorTime, latencies }] = (await once(child, 'message')) as [Sight];
        console.log(
          `${count} workers, ${watchers} watchers: ${Math.round(seen / seconds)} of ` +
            `${Math.round((watchers * 1000) / WATCHED.stepTime)} events/s arrive, ` +
            `p50 ${percentile(latencies, 0.5)} ms, p99 ${percentile(latencies, 0.99)} ms; ` +
            `processor time of their process ${((1000 * processorTime) / seen).toFixed(0)} µs/event`,
        );
        child.kill('SIGKILL');
        for (const { id } of running) await jobs.cancel(id, { immediately: true });
      }
      const exits = workers.map((worker) => once(worker, 'exit'));
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(exits);
    }
  } finally {
    for (const connection of connections) connection.close();
    await jobs.close();
    await redis.stop();
  }

  /** Jobs accepted a second, asked for 32 at a time, and how long one took. They are canceled afterwards. */
  async function acceptRate(): Promise<string> {
    const times: number[] = [];
    const ids: string[] = [];
    const end = performance.now() + 3000;
    const ask = async () => {
      while (performance.now() < end) {
        const since = performance.now();
        ids.push((await jobs.enqueue(jobOf(QUICK))).id);
        times.push(performance.now() - since);
      }
    };
    await Promise.all(Array.from({ length: 32 }, ask));
    const rate = Math.round(times.length / 3);
    for (const id of ids.reverse()) await jobs.cancel(id); // from the end of the line, where nobody moves up
    return `${rate}/s, p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms`;
  }

  /** Tickets of canceled jobs are in the workers' way once. */
  async function drainQueue(): Promise<void> {
    const job = await jobs.enqueue(jobOf(QUICK));
    for await (const event of events.watch(job.id, job)) if (event.type === 'completed') break;
  }

  /** Twice as many jobs as workers are under way all the time. */
  async function throughput(workers: number, redisTime: () => Promise<number>): Promise<string> {
    const accepting: number[] = [];
    const telling: number[] = [];
    const [before, own] = [await redisTime(), process.cpuUsage()];
    const end = performance.now() + seconds * 1000;
    const submit = async () => {
      while (performance.now() < end) {
        const since = performance.now();
        const job = await jobs.enqueue(jobOf(QUICK));
        accepting.push(performance.now() - since);
        for await (const event of events.watch(job.id, job)) {
          if (event.type === 'completed') telling.push(Date.now() - event.at);
        }
      }
    };
    await Promise.all(Array.from({ length: 2 * workers }, submit));
    const { user, system } = process.cpuUsage(own);
    const perJob = (milliseconds: number) => `${(milliseconds / telling.length).toFixed(1)} ms`;
    const ideal = (1000 * workers) / (QUICK.steps * QUICK.stepTime);
    return (
      `${(telling.length / seconds).toFixed(0)} jobs/s (engines alone: ${ideal.toFixed(0)}), ` +
      `${((telling.length / seconds) * (QUICK.steps + 2)).toFixed(0)} events/s; accepted in p99 ` +
      `${percentile(accepting, 0.99).toFixed(0)} ms, the end told in p50 ${percentile(telling, 0.5)}, ` +
      `p99 ${percentile(telling, 0.99)} ms; processor time a job: Redis ` +
      `${perJob(1000 * ((await redisTime()) - before))}, API process ${perJob((user + system) / 1000)}`
    );
  }
}

const [role, url, ...rest] = process.argv.slice(2);
if (role === 'worker') await beWorker(url!);
else if (role === 'watchers') await beWatchers(url!, Number(rest[0]), Number(rest[1]), rest.slice(2));
else await main();
