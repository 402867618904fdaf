import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../src/engine/index.ts';
import { isFinished } from '../../src/jobs/job.ts';
import type { NewJob } from '../../src/jobs/queue.ts';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import { type JobHandler, Runner, type RunnerDevice } from '../../src/jobs/runner.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { jobImage, latent, MemoryLog, newJob, request, watching } from '../jobs/fixtures.ts';

/**
 * One process of a cluster with nothing but the queue, to be killed. Arguments: its role (see cluster-processes.ts), the
 * URL of Redis, the folder of the objects, the number of steps of a job. Says on its standard output what it has accepted,
 * was told and started, when that can be relied on.
 */
const [role, url, folder, steps] = process.argv.slice(2);

/** Jobs of this process that have not ended, at most. */
const OUTSTANDING = 8;

const MODELS = ['starter'];

/** How often an engine of a `hanging` worker hangs, and how fast its clock goes: after two seconds it counts as hung. */
const HANG_EVERY = 40;
const HASTE = 300;

/** Unbuffered: what was said before a kill has been said. */
const say = (...words: (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`);

const log = new MemoryLog();
const name = `worker ${process.pid}`;
const { queue, source, workers } = await openRedisJobs({
  url: url!,
  queueLimit: 10_000,
  log,
  ...(role !== 'api' && { worker: { name, models: MODELS } }),
  lock: { duration: 1500, check: 300 },
});

let isStopping = false;

/** Opens the watch again where Redis was away for longer than it waits; the status at the end. */
async function follow(id: string): Promise<string> {
  for (;;) {
    try {
      for await (const { job } of await watching(queue, id)) {
        if (!isFinished(job.status)) continue;
        say('told', id, job.status);
        return job.status;
      }
    } catch {
      await sleep(100);
    }
  }
}

/** Redis may be away: then nothing is acknowledged, unless the request has a key that makes it safe to repeat. */
async function enqueue(asked: NewJob): Promise<string | undefined> {
  for (;;) {
    try {
      const { id } = await queue.enqueue(asked);
      say('accepted', id);
      return id;
    } catch {
      await sleep(50);
      if (asked.idempotencyKey === null) return undefined;
    }
  }
}

/** Accepts one job after the other, of which some are canceled, get another priority, or are tried anew. */
async function accept(): Promise<void> {
  for (let count = 1; !isStopping; count++) {
    const idempotencyKey = count % 3 === 0 ? randomUUID() : null;
    const asked = newJob({
      priority: count % 3,
      owner: String(count % 2),
      request: request({ prompt: idempotencyKey ?? '' }),
      idempotencyKey,
    });
    const id = await enqueue(asked);
    if (id === undefined) continue;
    const following = follow(id);
    if (count % 7 === 0) await queue.setPriority(id, 50).catch(() => undefined);
    if (count % 10 === 0) await queue.cancel(id).catch(() => undefined);
    if ((await following) === 'SUCCEEDED') continue;
    const again = await enqueue({ ...asked, request: request({ prompt: '' }), idempotencyKey: null });
    if (again !== undefined) await follow(again);
  }
}

/** A device whose handler takes 20 ms for a step and stores a small object. */
function device(objects: FileStore): RunnerDevice {
  let fail: (error: Error) => void = () => undefined;
  let jobs = 0;
  const run: JobHandler = async (job, own) => {
    say('started', job.id, job.attempts);
    if (role === 'hanging' && ++jobs % HANG_EVERY === 0) await new Promise(() => undefined);
    for (let step = 1; step <= Number(steps); step++) {
      await sleep(20, undefined, { signal: own.signal });
      own.report({ stage: 'SAMPLING', step, totalSteps: Number(steps) }, { sigma: 1, preview: latent(step) });
    }
    own.report({ stage: 'STORING' });
    const { sha256 } = await objects.put(randomBytes(16));
    say('stored', job.id);
    return { images: [jobImage({ sha256 })] };
  };
  return {
    name: 'cpu',
    open: async () => {
      await Promise.resolve();
      if (role === 'broken') throw new DeviceError('the device does not open');
    },
    kill: async (reason) => {
      say('hung');
      fail(new DeviceError(reason));
      await Promise.resolve();
    },
    handle: (job, own) => {
      const killed = new Promise<never>((_, reject) => (fail = reject));
      return Promise.race([run(job, own), killed]);
    },
  };
}

async function work(): Promise<void> {
  const objects = await FileStore.open(folder!);
  const runner = new Runner({
    source: source!,
    devices: [device(objects), device(objects)],
    worker: name,
    log,
    ...(role === 'hanging' && { monotonic: () => performance.now() * HASTE }),
  });
  runner.start();
  await runner.triedDevices();
  await workers.announce(() => {
    const devices = runner.devices.filter(({ problem }) => problem === null).length;
    return Promise.resolve({ models: devices > 0 ? MODELS : [], devices, state: {} });
  });
  say('opened');
}

if (role === 'api') {
  process.once('SIGTERM', () => (isStopping = true));
  say('opened');
  await Promise.all(Array.from({ length: OUTSTANDING }, accept));
  await queue.close();
} else await work();
