import { createHash } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ClockMark } from '../src/jobs/clock-guard.ts';
import { growingIds, type Job } from '../src/jobs/job.ts';
import { acceptedJob, started, succeeded } from '../src/jobs/lifecycle.ts';
import { Retention } from '../src/jobs/retention.ts';
import { JobDatabase } from '../src/jobs/sqlite/database.ts';
import { openSqliteJobs } from '../src/jobs/sqlite/index.ts';
import { JobStore } from '../src/jobs/sqlite/store.ts';
import { FileStore } from '../src/storage/file-store.ts';
import { measureLag } from './event-loop-lag.ts';
import { newJob } from './new-job.ts';

/**
 * Measures the event loop's lag while idle, during a sweep of everything and during a pass that removes it.
 * `npm run bench -- retention [--jobs 50000] [--bytes 4096] [--folder /tmp]`
 */
const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '50000' },
    bytes: { type: 'string', default: '4096' },
    folder: { type: 'string', default: tmpdir() },
  },
});

const DAY = 86_400_000;
const log = { info: console.log, warn: console.warn, error: console.error };
const dataDir = await mkdtemp(join(values.folder, 'latentql-bench-'));
try {
  const longAgo = Date.now() - 30 * DAY;
  await fill(longAgo, Number(values.jobs));
  const objects = await FileStore.open(join(dataDir, 'objects'));
  const { queue } = openSqliteJobs({ dataDir, queueLimit: 1000, log });
  const retention = new Retention({
    queue,
    objects,
    mark: new ClockMark(dataDir),
    retention: 7 * DAY,
    log,
  });
  await report('idle', () => sleep(3000));
  await report('sweep', () => retention.sweep());
  await report('pass', () => retention.pass());
  await queue.close();
} finally {
  await rm(dataDir, { recursive: true });
}

async function report(name: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  const lag = measureLag();
  await work();
  const { p50, p99, max } = lag();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const [half, late, worst] = [p50, p99, max].map((time) => `${time.toFixed(1)} ms`);
  console.log(
    `${name.padEnd(6)} ${seconds.padStart(6)} s, event loop lag: p50 ${half}, p99 ${late}, max ${worst}`,
  );
}

/** Adds jobs that succeeded at a time, each with an image, in one transaction. */
async function fill(time: number, count: number): Promise<void> {
  const db = new JobDatabase(dataDir);
  const store = new JobStore(db);
  const newId = growingIds(() => time, undefined);
  const bytes = Buffer.alloc(Number(values.bytes), 'pixels');
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      bytes.writeUInt32LE(i);
      const sha256 = putObject(bytes, time);
      const image = { index: 0, sha256, width: 512, height: 512, seed: '0', byteSize: bytes.length };
      const waiting = acceptedJob(newId(), newJob({ model: 'starter', steps: 20, side: 512 }), time);
      store.change(store.insert(waiting, null), ended(waiting, image, time));
    }
  });
  await db.close();
}

function ended(waiting: Job, image: Job['images'][number], time: number): Job {
  return succeeded(started(waiting, { worker: 'w', device: 'cpu' }, time), [image], time);
}

/** Like FileStore, without flushing to disk. */
function putObject(bytes: Uint8Array, time: number): string {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const folder = join(dataDir, 'objects', sha256.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, sha256), bytes);
  utimesSync(join(folder, sha256), time / 1000, time / 1000);
  return sha256;
}
