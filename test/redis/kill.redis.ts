import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../src/jobs/lifecycle.ts';
import type { JobQueue } from '../../src/jobs/queue.ts';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import { FileStore } from '../../src/storage/file-store.ts';
import { ended, MemoryLog, newJob, watching } from '../jobs/fixtures.ts';
import { ClusterProcesses } from './cluster-processes.ts';
import { EndCounter } from './ends.ts';
import { RedisServer } from './redis-server.ts';

/** Kills of a process, with one of Redis in every `REDIS_EVERY`. */
const KILLS = Number(process.env['KILLS'] ?? 30);
const REDIS_EVERY = 10;

describe('kill -9 in a cluster of two servers and three workers', () => {
  let folder: string;
  let redis: RedisServer;
  let processes: ClusterProcesses;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-kill-'));
    redis = await RedisServer.start();
    processes = new ClusterProcesses(redis.url, folder);
  });
  afterEach(async () => {
    await processes.killAll();
    await redis.stop();
    await rm(folder, { recursive: true });
  });

  async function open(): Promise<JobQueue> {
    return (await openRedisJobs({ url: redis.url, queueLimit: 10_000, log: new MemoryLog() })).queue;
  }

  const linesMore = (count: number): Promise<void> => processes.until(() => --count <= 0);

  it('loses no accepted job and ends each exactly once, whenever and whatever it kills', async () => {
    const ends = await EndCounter.start(redis.url);
    const roles = ['api', 'api', 'worker', 'worker', 'worker'] as const;
    await Promise.all(roles.map((role) => processes.start(role)));

    for (let round = 1; round <= KILLS; round++) {
      await linesMore(5 + Math.floor(Math.random() * 60));
      if (round % REDIS_EVERY === 0) {
        await redis.kill();
        await redis.resume();
      } else {
        const all = [...processes.running];
        const member = all[Math.floor(Math.random() * all.length)]!;
        await processes.kill(member);
        await processes.start(member.role);
      }
    }
    await linesMore(20);
    const servers = [...processes.running].filter(({ role }) => role === 'api');
    await Promise.all(servers.map((server) => processes.kill(server)));

    const queue = await open();
    expect(processes.crashed).toEqual([]);
    const ids = (word: string) => processes.said.filter(([first]) => first === word).map(([, id]) => id!);
    const accepted = ids('accepted');
    expect(new Set(accepted).size).toBe(accepted.length);
    // A job may have been written, and run later, without its process having come to say that it was accepted.
    const known = [...new Set([...accepted, ...ids('started')])];
    const before = await queue.getMany(known);
    expect(before.map((job) => (typeof job === 'string' ? job : job.id))).toEqual(known);
    const after = await Promise.all(known.map((id) => ended(queue, id)));
    const objects = await FileStore.open(folder);
    for (const job of after) {
      if (job.status === 'SUCCEEDED') expect(await objects.has(job.images[0]!.sha256)).toBe(true);
      else if (job.status === 'FAILED') expect(job.attempts).toBe(MAX_ATTEMPTS);
      else expect(job.status).toBe('CANCELED');
      // One end was told, or none if Redis was killed just then; never two.
      expect(ends.of(job.id)).toBeLessThanOrEqual(1);
    }
    // What a server was told stayed so, and was told once.
    const told = processes.said.filter(([word]) => word === 'told');
    expect(new Set(told.map(([, id]) => id)).size).toBe(told.length);
    const final = new Map(after.map((job) => [job.id, job.status]));
    for (const [, id, status] of told) expect(final.get(id!)).toBe(status);
    expect(await queue.counts()).toEqual({ waiting: 0, running: 0, oldestWaiting: null });
    const succeeded = after.filter(({ status }) => status === 'SUCCEEDED');
    expect(succeeded.length).toBeGreaterThan(after.length / 2);
    expect(succeeded.some(({ attempts }) => attempts > 1)).toBe(true);
    console.log(
      `${KILLS} kills: ${after.length} jobs, ${succeeded.length} succeeded, of them ` +
        `${succeeded.filter(({ attempts }) => attempts > 1).length} after an interruption`,
    );
    await queue.close();
    ends.stop();
  }, 600_000);

  it('fails a job whose every worker it kills, and says so', async () => {
    const queue = await open();
    const job = await queue.enqueue(newJob());
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const started = processes.until(([word]) => word === 'started');
      await processes.start('worker', Infinity);
      await started;
      await processes.killAll();
    }
    await processes.start('worker');
    expect(await ended(queue, job.id)).toMatchObject({
      status: 'FAILED',
      attempts: MAX_ATTEMPTS,
      error: { code: 'INTERRUPTED', message: expect.stringContaining('3 times') as string },
    });
    expect(processes.said.filter(([word]) => word === 'started')).toEqual(
      [1, 2, 3].map((attempt) => ['started', job.id, String(attempt)]),
    );
    await queue.close();
  });

  it('puts a job back, and fails it in the end, when no other worker has its model', async () => {
    const queue = await open();
    const job = await queue.enqueue(newJob());
    const states: string[] = [];
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const started = processes.until(([word]) => word === 'started');
      await processes.start('worker', Infinity);
      await started;
      await processes.killAll();
      for await (const event of await watching(queue, job.id)) {
        if (event.type === 'stage' || event.type === 'step') continue;
        states.push(`${event.type} after ${event.job.attempts}`);
        break;
      }
    }
    expect(states).toEqual(['queued after 1', 'queued after 2', 'failed after 3']);
    await queue.close();
  });
});
