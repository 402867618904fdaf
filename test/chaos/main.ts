import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { JOB_STATUSES } from '../../src/jobs/job.ts';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { MemoryLog } from '../jobs/fixtures.ts';
import { ClusterProcesses, type Role } from '../redis/cluster-processes.ts';
import { EndCounter } from '../redis/ends.ts';
import { RedisServer } from '../redis/redis-server.ts';
import { type FaultCounts, makeFaults } from './faults.ts';
import { audit, leftEntries, type Ledger } from './ledger.ts';

/**
 * `npm run test:chaos -- --seconds 120 --seed 1`: a cluster under faults, and a ledger of its jobs. The seed determines the
 * faults, not how the processes meet them. Exits with 1 where a job, an object or an event is lost or doubled.
 */

const ROLES: readonly Role[] = ['api', 'api', 'worker', 'hanging', 'broken'];

/** Steps of 20 ms of a job. */
const STEPS = 10;

/** Milliseconds after the last fault in which every job must have ended, and every entry be gone. */
const HEALING = 90_000;
const CLEARING = 30_000;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '120' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
  throw new Error(`expected --seconds <number> --seed <integer>, got ${process.argv.slice(2).join(' ')}`);
}
console.log(`${seconds} s of faults, --seed ${seed}`);

const folder = await mkdtemp(join(tmpdir(), 'latentql-chaos-'));
const redis = await RedisServer.start();
const processes = new ClusterProcesses(redis.url, folder);
try {
  const ends = await EndCounter.start(redis.url);
  await Promise.all(ROLES.map((role) => processes.start(role, STEPS)));
  const targets = { processes, redis, steps: STEPS };
  const faults = await makeFaults(targets, { seed, milliseconds: seconds * 1000 });

  const survivors = [...processes.running].filter(({ role }) => role === 'api');
  await Promise.all(survivors.map((server) => processes.finish(server, HEALING)));
  const log = new MemoryLog();
  const { queue } = await openRedisJobs({ url: redis.url, queueLimit: 1, log });
  await untilIdle(async () => {
    const { waiting, running } = await queue.counts();
    return waiting + running === 0;
  });
  const left = await leftEntries(redis.url, CLEARING);
  const objects = await FileStore.open(folder);
  const ledger = await audit({ queue, objects, ends, said: processes.said, survivors });
  await queue.close();
  ends.stop();

  print(ledger, faults);
  const violations = [
    ...ledger.violations,
    ...processes.crashed.map((problem) => `a process ended by itself: ${problem}`),
    ...left.map((key) => `key ${key} is left in Redis`),
  ];
  for (const violation of violations.slice(0, 50)) console.error(`VIOLATION: ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
  console.log(violations.length === 0 ? 'no violation' : `${violations.length} violations, --seed ${seed}`);
} finally {
  await processes.killAll();
  await redis.stop();
  await rm(folder, { recursive: true });
}

async function untilIdle(isIdle: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + HEALING;
  while (!(await isIdle()) && performance.now() < end) await sleep(200);
}

function print({ jobs, acknowledged, unobserved }: Ledger, faults: FaultCounts): void {
  const rows: Record<string, number> = { jobs: jobs.length, acknowledged };
  for (const status of JOB_STATUSES) rows[status] = jobs.filter((job) => job.status === status).length;
  rows['attempts > 1'] = jobs.filter(({ attempts }) => attempts > 1).length;
  rows['ends not observed'] = unobserved;
  rows['processes killed'] = faults.processKilled;
  rows['processes stopped'] = faults.processStopped;
  rows['Redis killed'] = faults.redisKilled;
  rows['Redis stopped'] = faults.redisStopped;
  rows['engines hung'] = processes.said.filter(([word]) => word === 'hung').length;
  for (const [name, count] of Object.entries(rows))
    console.log(`${name.padEnd(18)}${String(count).padStart(7)}`);
}
