import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newJob } from './new-job.ts';

/**
 * A process of the cluster that `fleet` measures, running the code under a root folder: `worker <root> <url>
 * <name>`, `accept <root> <url> <seconds>` or `submit <root> <url> <seconds> <concurrency>`. A worker sends
 * 'ready', the others the number of their jobs.
 */

/** The common interface of both versions. */
interface Member {
  enqueue: () => Promise<string>;
  /** Resolves when the job has ended. */
  ended: (id: string) => Promise<void>;
  /** Processes jobs with an engine that takes no time. */
  work: () => void;
  close: () => Promise<void>;
}

interface Event {
  readonly job: { readonly finishedAt: number | null };
}

/** The used part of the old version's entry point. */
interface OldJobs {
  readonly jobs: {
    enqueue: (job: unknown) => Promise<{ id: string }>;
    process: (handler: () => Promise<unknown>) => void;
    close: () => Promise<void>;
  };
  readonly events: { watch: (id: string, job: unknown) => AsyncIterable<Event> };
}
interface NewJobs {
  readonly queue: {
    enqueue: (job: unknown) => Promise<{ id: string }>;
    watch: (id: string) => Promise<AsyncIterable<Event>>;
    close: () => Promise<void>;
  };
  readonly source: unknown;
}

const silent = { info: () => undefined, warn: () => undefined, error: console.error };
const asked = newJob({ model: 'starter', side: 512, steps: 4, prompt: 'a red boat', negativePrompt: 'text' });
const empty = () => Promise.resolve({ images: [] });

async function ends(events: AsyncIterable<Event>): Promise<void> {
  for await (const { job } of events) if (job.finishedAt !== null) return;
}

/** The version at commit 7c7dec6, in which the queue also runs the worker. */
async function openOld(root: string, url: string): Promise<Member> {
  const { openClusterJobs } = (await import(join(root, 'src/jobs/cluster.ts'))) as {
    openClusterJobs: (options: object) => Promise<OldJobs>;
  };
  const options = { url, queueLimit: 1_000_000, log: silent, models: ['starter'] };
  const { jobs, events } = await openClusterJobs(options);
  const accepted = new Map<string, unknown>();
  return {
    enqueue: async () => {
      const job = await jobs.enqueue(asked);
      accepted.set(job.id, job);
      return job.id;
    },
    ended: (id) => ends(events.watch(id, accepted.get(id))),
    work: () => {
      jobs.process(empty);
    },
    close: () => jobs.close(),
  };
}

async function openNew(root: string, url: string, worker: string | undefined): Promise<Member> {
  const { openRedisJobs } = (await import(join(root, 'src/jobs/redis/index.ts'))) as {
    openRedisJobs: (options: object) => Promise<NewJobs>;
  };
  const { Runner } = (await import(join(root, 'src/jobs/runner.ts'))) as {
    Runner: new (parts: object) => { start: () => void };
  };
  const options = { url, queueLimit: 1_000_000, log: silent };
  const models = ['starter'];
  const { queue, source } = await openRedisJobs(
    worker === undefined ? options : { ...options, worker: { name: worker, models } },
  );
  return {
    enqueue: async () => (await queue.enqueue(asked)).id,
    ended: async (id) => ends(await queue.watch(id)),
    work: () => {
      const device = {
        name: 'none',
        open: () => Promise.resolve(),
        kill: () => Promise.resolve(),
        handle: empty,
      };
      new Runner({ source, devices: [device], worker, log: silent }).start();
    },
    close: () => queue.close(),
  };
}

const [role, root, url, ...rest] = process.argv.slice(2) as [string, string, string, ...string[]];
const isOld = existsSync(join(root, 'src/jobs/cluster.ts'));
const member = await (isOld
  ? openOld(root, url)
  : openNew(root, url, role === 'worker' ? rest[0] : undefined));

/** Counts the jobs completed in a number of seconds with a given concurrency. */
async function count(seconds: number, atATime: number, one: () => Promise<unknown>): Promise<number> {
  let jobs = 0;
  const end = performance.now() + seconds * 1000;
  const repeat = async (): Promise<void> => {
    while (performance.now() < end) {
      await one();
      jobs++;
    }
  };
  await Promise.all(Array.from({ length: atATime }, repeat));
  return jobs;
}

if (role === 'worker') {
  member.work();
  process.send!('ready');
} else {
  const [seconds, atATime] = rest.map(Number) as [number, number];
  const one = role === 'accept' ? member.enqueue : async () => member.ended(await member.enqueue());
  await one();
  process.send!(await count(seconds, atATime, one));
  await member.close();
  process.disconnect();
}
