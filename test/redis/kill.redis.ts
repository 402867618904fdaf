import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFinished, type Job, type JobStatus } from '../../src/jobs/job.ts';
import { MAX_ATTEMPTS } from '../../src/jobs/lifecycle.ts';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { ended, MemoryLog, newJob, watching } from '../jobs/fixtures.ts';
import { RedisServer } from './redis-server.ts';

/** Kills of a process, with one of Redis in every `REDIS_EVERY`. */
const KILLS = Number(process.env['KILLS'] ?? 30);
const REDIS_EVERY = 10;

type Role = 'api' | 'worker';

describe('kill -9 in a cluster of two servers and three workers', () => {
  let folder: string;
  let redis: RedisServer;
  const children = new Map<ChildProcess, Role>();
  const said: string[][] = [];
  let onLine: (line: string[]) => void = () => undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-kill-'));
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all([...children.keys()].map(kill));
    said.length = 0;
    await redis.stop();
    await rm(folder, { recursive: true });
  });

  async function start(role: Role, steps = 4): Promise<void> {
    const script = join(import.meta.dirname, 'cluster-child.ts');
    const args = ['--import', 'tsx', script, role, redis.url, folder, String(steps)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.set(child, role);
    await new Promise<void>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (line === 'opened') resolve();
        const words = line.split(' ');
        said.push(words);
        onLine(words);
      });
    });
  }

  async function kill(child: ChildProcess): Promise<void> {
    children.delete(child);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Resolves when the cluster says a line that is the one. */
  const until = (isIt: (line: string[]) => boolean): Promise<void> =>
    new Promise((resolve) => {
      onLine = (line) => {
        if (isIt(line)) resolve();
      };
    });
  const linesMore = (count: number): Promise<void> => until(() => --count <= 0);

  it('loses no accepted job and ends each exactly once, whenever and whatever it kills', async () => {
    const observer = new Redis(redis.url, { maxRetriesPerRequest: null });
    const ends = new Map<string, number>();
    observer.on('error', () => undefined); // Redis is killed too
    observer.on('pmessage', (_pattern: string, channel: string, message: string) => {
      if (!message.startsWith('S')) return; // a report of progress
      const [, , , status] = JSON.parse(message.slice(1)) as [unknown, unknown, unknown, JobStatus];
      const id = channel.slice(channel.lastIndexOf(':') + 1);
      if (isFinished(status)) ends.set(id, (ends.get(id) ?? 0) + 1);
    });
    await observer.psubscribe('{latentql}:events:*');
    await Promise.all((['api', 'api', 'worker', 'worker', 'worker'] as const).map(start));

    for (let round = 1; round <= KILLS; round++) {
      await linesMore(5 + Math.floor(Math.random() * 60));
      if (round % REDIS_EVERY === 0) {
        await redis.kill();
        await redis.resume();
      } else {
        const all = [...children];
        const [child, role] = all[Math.floor(Math.random() * all.length)]!;
        await kill(child);
        await start(role);
      }
    }
    await linesMore(20);
    await Promise.all([...children].filter(([, role]) => role === 'api').map(([child]) => kill(child)));

    const { queue } = await openRedisJobs({
      url: redis.url,
      queueLimit: 10_000,
      log: new MemoryLog(),
    });
    const ids = (word: string) => said.filter(([first]) => first === word).map(([, id]) => id!);
    const accepted = ids('accepted');
    expect(new Set(accepted).size).toBe(accepted.length);
    // A job may have been written, and run later, without its process having come to say that it was accepted.
    const known = [...new Set([...accepted, ...ids('started')])];
    const before = (await queue.getMany(known)) as Job[];
    expect(before.map(({ id }) => id)).toEqual(known);
    const after = await Promise.all(before.map(({ id }) => ended(queue, id)));
    const objects = await FileStore.open(folder);
    for (const job of after) {
      if (job.status === 'SUCCEEDED') expect(await objects.has(job.images[0]!.sha256)).toBe(true);
      else if (job.status === 'FAILED') expect(job.attempts).toBe(MAX_ATTEMPTS);
      else expect(job.status).toBe('CANCELED');
      // One end was told, or none if Redis was killed just then; never two.
      expect(ends.get(job.id) ?? 0).toBeLessThanOrEqual(1);
    }
    // What a server was told stayed so, and was told once.
    const told = said.filter(([word]) => word === 'told');
    expect(new Set(told.map(([, id]) => id)).size).toBe(told.length);
    const final = new Map(after.map((job) => [job.id, job.status]));
    for (const [, id, status] of told) expect(final.get(id!)).toBe(status);
    expect(await queue.counts()).toMatchObject({ waiting: 0, running: 0 });
    const succeeded = after.filter(({ status }) => status === 'SUCCEEDED');
    expect(succeeded.length).toBeGreaterThan(after.length / 2);
    expect(succeeded.some(({ attempts }) => attempts > 1)).toBe(true);
    console.log(
      `${KILLS} kills: ${after.length} jobs, ${succeeded.length} succeeded, of them ` +
        `${succeeded.filter(({ attempts }) => attempts > 1).length} after an interruption`,
    );
    await queue.close();
    observer.disconnect();
  }, 600_000);

  it('fails a job whose every worker it kills, and says so', async () => {
    const { queue } = await openRedisJobs({ url: redis.url, queueLimit: 10, log: new MemoryLog() });
    const job = await queue.enqueue(newJob());
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const started = until(([word]) => word === 'started');
      await start('worker', Infinity);
      await started;
      await Promise.all([...children.keys()].map(kill));
    }
    await start('worker');
    expect(await ended(queue, job.id)).toMatchObject({
      status: 'FAILED',
      attempts: MAX_ATTEMPTS,
      error: { code: 'INTERRUPTED', message: expect.stringContaining('3 times') as string },
    });
    expect(said.filter(([word]) => word === 'started')).toEqual(
      [1, 2, 3].map((attempt) => ['started', job.id, String(attempt)]),
    );
    await queue.close();
  });

  it('puts a job back, and fails it in the end, when no other worker has its model', async () => {
    const { queue } = await openRedisJobs({ url: redis.url, queueLimit: 10, log: new MemoryLog() });
    const job = await queue.enqueue(newJob());
    const states: string[] = [];
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const started = until(([word]) => word === 'started');
      await start('worker', Infinity);
      await started;
      await Promise.all([...children.keys()].map(kill));
      const events = await watching(queue, job.id);
      for await (const event of events) {
        if (event.type === 'stage' || event.type === 'step') continue;
        states.push(`${event.type} after ${event.job.attempts}`);
        break;
      }
    }
    expect(states).toEqual(['queued after 1', 'queued after 2', 'failed after 3']);
    await queue.close();
  });
});
