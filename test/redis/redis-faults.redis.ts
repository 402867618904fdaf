import { networkInterfaces } from 'node:os';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import {
  ended,
  MemoryLog,
  Members,
  newJob,
  next,
  rejection,
  request,
  succeed,
  until,
  watch,
} from './members.ts';
import { RedisServer, startRedisCluster } from './redis-server.ts';

/** What a test started, to be stopped in reverse order. */
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startRedis(args: readonly string[] = []) {
  const server = await RedisServer.start(args);
  stops.push(() => server.stop());
  const redis = new Redis(server.url);
  redis.on('error', () => undefined); // some tests kill its server
  stops.push(() => {
    redis.disconnect();
    return Promise.resolve();
  });
  return { server, redis };
}

function membersOn(url: string): Members {
  const members = new Members(url);
  stops.push(() => members.close());
  return members;
}

async function keyCount({ url }: RedisServer): Promise<number> {
  const redis = new Redis(url);
  try {
    return await redis.dbsize();
  } finally {
    redis.disconnect();
  }
}

const unavailable = { name: 'QueueUnavailableError' };

describe('a Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let members: Members;
  beforeEach(async () => {
    ({ server, redis } = await startRedis());
    members = membersOn(server.url);
  });

  it('that does not answer fails what is asked within five seconds, and is used again when it answers', async () => {
    const { queue, source } = await members.worker('w', { lock: { duration: 20_000, check: 60_000 } });
    const { id } = await queue.enqueue(newJob());
    const lease = (await source.claim({ worker: 'w', device: 'cpu', whyNot: () => null }))!;
    server.freeze();
    const since = performance.now();
    const errors = await Promise.all(
      [queue.get(id), queue.check(), queue.enqueue(newJob()), queue.watch(id), queue.cancel(id)].map(
        rejection,
      ),
    );
    for (const error of errors) {
      const message = `Redis at ${server.url} did not answer within 5 seconds`;
      expect(error).toMatchObject({ ...unavailable, message });
    }
    expect(performance.now() - since).toBeLessThan(7000);
    server.thaw();
    await queue.check();
    expect(await succeed(lease)).toBe(true);
    expect(await ended(queue, id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('that restarts keeps what was acknowledged, its watchers and its running jobs', async () => {
    const [api, worker] = [
      await members.api(),
      await members.worker('w', { lock: { duration: 4000, check: 1000 } }),
    ];
    const running = await api.queue.enqueue(newJob());
    const waiting = await api.queue.enqueue(newJob());
    const events = await watch(api.queue, running.id);
    const lease = await worker.next();
    await server.kill();
    lease.report({ ...lease.job, stage: 'SAMPLING' });
    const finished = succeed(lease);
    await server.resume();
    expect(await finished).toBe(true);
    await until(events, ({ type }) => type === 'completed');
    await succeed(await worker.next());
    expect(await ended(api.queue, waiting.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
  });

  it('that was away for longer than a lock lives leaves a running job with its worker', async () => {
    const worker = await members.worker();
    await worker.queue.enqueue(newJob());
    const lease = await worker.next();
    await redis.del(`${members.prefix}q:starter:${lease.job.id}:lock`); // as if its time had passed
    await server.kill();
    await server.resume();
    await vi.waitFor(async () => {
      expect(await redis.exists(`${members.prefix}q:starter:${lease.job.id}:lock`)).toBe(1);
    }, 5000);
    expect(await succeed(lease)).toBe(true);
    expect(await worker.queue.get(lease.job.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
  });

  it('that lost its data ends the watches with an error, is reported, and gets its workers back', async () => {
    const [api, worker] = [await members.api(), await members.worker()];
    await worker.workers.claim('starter', { family: 'sd15' });
    const { id } = await api.queue.enqueue(newJob());
    const events = await watch(api.queue, id);
    await next(events);
    await redis.flushall();
    const lost = { name: 'QueueLostError' };
    const reading = rejection(events.next());
    expect(await rejection(api.queue.check())).toMatchObject(lost);
    expect(await reading).toMatchObject(lost);
    expect(api.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'Redis has lost its data' }),
    );
    await api.queue.check();
    await rejection(worker.queue.check());
    await vi.waitFor(async () => {
      expect(await api.workers.present()).toHaveLength(1);
    }, 5000);
    expect((await api.workers.remembered()).size).toBe(1);
    const again = await api.queue.enqueue(newJob());
    await succeed(await worker.next());
    expect(await ended(api.queue, again.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('without memory refuses new jobs as having no room, and still ends and forgets jobs', async () => {
    const worker = await members.worker();
    const { queue } = worker;
    const done = await queue.enqueue(newJob());
    await succeed(await worker.next());
    const waiting = await queue.enqueue(newJob());
    const running = await worker.next();
    await redis.config('SET', 'maxmemory', '1');
    const full = { name: 'StorageFullError' };
    expect(await rejection(queue.enqueue(newJob()))).toMatchObject(full);
    expect(await rejection(queue.check())).toMatchObject(full);
    await worker.source.renew([running]);
    expect(running.signal.aborted).toBe(false);
    expect(await succeed(running)).toBe(true);
    expect(await queue.remove(done.id)).toMatchObject({ outcome: 'removed' });
    expect((await queue.expire(Date.now() + 1, 10)).jobs).toEqual([waiting.id]);
    await redis.config('SET', 'maxmemory', '0');
    await queue.check();
    expect((await queue.enqueue(newJob())).queuePosition).toBe(0);
    expect(await redis.keys('*q:starter:????????-*')).toHaveLength(1);
  });

  it('that is busy with a script of somebody else is waited for, then told as such', async () => {
    const { queue } = await members.worker();
    const { id } = await queue.enqueue(newJob());
    await redis.config('SET', 'lua-time-limit', '100');
    const other = redis.duplicate();
    stops.push(() => {
      other.disconnect();
      return Promise.resolve();
    });
    await other.ping();
    const endless = redis.eval('while true do end', 0).catch((error: unknown) => error);
    await vi.waitFor(async () => {
      expect(await rejection(other.ping())).toMatchObject({
        message: expect.stringMatching(/^BUSY /) as string,
      });
    });
    const errors = await Promise.all([queue.get(id), queue.check(), queue.enqueue(newJob())].map(rejection));
    for (const error of errors) {
      const message = expect.stringMatching(
        `^Redis at ${server.url} (is not available: BUSY |did not answer within 5 seconds$)`,
      ) as string;
      expect(error).toMatchObject({ ...unavailable, message });
    }
    const soon = queue.get(id);
    await other.script('KILL');
    await endless;
    expect(await soon).toMatchObject({ id, status: 'QUEUED' });
  });

  it('that has become a replica without a master is told as such, and used again as a master', async () => {
    const { queue } = await members.worker();
    await redis.replicaof('127.0.0.1', 1);
    expect(await rejection(queue.enqueue(newJob()))).toMatchObject({
      ...unavailable,
      message: `Redis at ${server.url} is a read-only replica, and had no master for 5 seconds`,
    });
    await redis.replicaof('NO', 'ONE');
    expect(await queue.enqueue(newJob())).toMatchObject({ status: 'QUEUED' });
  });

  it('that takes away a permission is told as such', async () => {
    const { queue } = await members.worker();
    const { id } = await queue.enqueue(newJob());
    await redis.acl('SETUSER', 'default', '-@scripting');
    for (const error of await Promise.all([queue.enqueue(newJob()), queue.cancel(id)].map(rejection))) {
      const message = expect.stringMatching(`^Redis at ${server.url} is not available: NOPERM `) as string;
      expect(error).toMatchObject({ ...unavailable, message });
    }
  });

  it('gets the queue entry of a waiting job again that a crash left out', async () => {
    const api = await members.api();
    const { id } = await api.queue.enqueue(newJob());
    const { prefix } = members;
    await redis.del(
      `${prefix}q:starter:${id}`,
      `${prefix}q:starter:prioritized`,
      `${prefix}reconcile:waiting`,
    );
    const worker = await members.worker();
    expect((await worker.next()).job.id).toBe(id);
  });

  it('counts no job whose record is gone, and the others as before', async () => {
    const worker = await members.worker();
    const { queue } = worker;
    const own = (owner: string) => newJob({ owner });
    const [done, waiting, kept] = [
      await queue.enqueue(own('aa')),
      await queue.enqueue(own('a*')),
      await queue.enqueue(own('aa')),
    ];
    await succeed(await worker.next());
    const { prefix } = members;
    await redis.del(`${prefix}job:${done.id}`, `${prefix}job:${waiting.id}`, `${prefix}reconcile:waiting`);
    const names = async () => (await queue.list({ limit: 9, from: 'newest' })).map(({ id }) => id);
    expect(await names()).toEqual([kept.id]); // before they are reconciled, too
    const api = await members.api();
    await vi.waitFor(
      async () => {
        const counts = await Promise.all(
          [{}, { owner: 'aa' }, { owner: 'a*' }].map((filter) => api.queue.count(filter)),
        );
        expect([...counts, (await api.queue.counts()).waiting]).toEqual([1, 1, 0, 1]);
      },
      { timeout: 10_000 },
    );
    expect(await names()).toEqual([kept.id]);
    expect(await redis.keys(`${prefix}*${waiting.id}*`)).toEqual([]);
    expect(await redis.keys(`${prefix}*${done.id}*`)).toEqual([]);
    expect(api.log.lines).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/^job records are gone: /) as string }),
    );
    expect((await worker.next()).job.id).toBe(kept.id);
  });

  it('accepts a request again whose job is gone, under its old key', async () => {
    const { queue } = await members.api();
    const keyed = newJob({ idempotencyKey: 'k' });
    const { id } = await queue.enqueue(keyed);
    await redis.del(`${members.prefix}job:${id}`);
    const again = await queue.enqueue(keyed);
    expect(again.id).not.toBe(id);
    expect((await queue.enqueue(keyed)).id).toBe(again.id);
  });

  it('that cannot be used is named in the error, without user and password', async () => {
    const log = new MemoryLog();
    const refused = await rejection(
      openRedisJobs({ url: 'redis://user:secret@127.0.0.1:1', queueLimit: 1, log }),
    );
    expect((refused as Error).message).toMatch(
      /^QUEUE_URL: Redis at redis:\/\/127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
    );
    expect((refused as Error).message).not.toContain('secret');
    const malformed = await rejection(openRedisJobs({ url: 'http://user:secret@h', queueLimit: 1, log }));
    expect((malformed as Error).message).toMatch(/^QUEUE_URL: expected redis:\/\/host:port, /);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const evicting = await rejection(openRedisJobs({ url: server.url, queueLimit: 1, log }));
    expect((evicting as Error).message).toMatch(/maxmemory-policy is allkeys-lru.*noeviction/);
  });

  const refusal = async (url: string, log = new MemoryLog()) =>
    ((await rejection(openRedisJobs({ url, queueLimit: 1, log }))) as Error).message;

  it('that has fewer databases than the address says is refused, instead of database 0 being used', async () => {
    expect(await refusal(`${server.url}/99`)).toBe(
      `QUEUE_URL: Redis at ${server.url}/99 cannot be used: ERR DB index is out of range`,
    );
  });

  it('that does not speak TLS is named so', async () => {
    const url = server.url.replace('redis:', 'rediss:');
    expect(await refusal(url)).toBe(
      `QUEUE_URL: Redis at ${url} cannot be used: it does not speak TLS: expected redis:// instead of rediss://`,
    );
  });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

  it.skipIf(outside === undefined)('in protected mode is named so, with what helps', async () => {
    const { server: guarded } = await startRedis(['--bind', '0.0.0.0', '--protected-mode', 'yes']);
    const url = `redis://${outside!}:${guarded.port}`;
    const message = await refusal(url);
    expect(message).toContain(
      `QUEUE_URL: Redis at ${url} cannot be used: it is in protected mode and accepts`,
    );
    expect(message).toContain('set a password (requirepass) and give it in QUEUE_URL');
  });
});

describe('several Redis', () => {
  /** One job, accepted in one process and run by another. */
  async function runOne(members: Members) {
    const [api, worker] = [await members.api(), await members.worker('w', { models: ['x', 'y'] })];
    const lease = worker.next(); // waits before there is a job
    const { id } = await api.queue.enqueue(newJob({ request: request({ model: 'y' }) }));
    const events = await watch(api.queue, id);
    const running = await lease;
    running.report({ ...running.job, stage: 'SAMPLING' });
    await until(events, ({ job }) => job.stage === 'SAMPLING');
    await worker.source.renew([running]);
    expect(await succeed(running)).toBe(true);
    await until(events, ({ type }) => type === 'completed');
    await api.queue.check();
    return { api, worker };
  }

  it('are a Redis Cluster: every job lives in the slot of the prefix', async () => {
    const { nodes, url } = await startRedisCluster();
    for (const node of nodes) stops.push(() => node.stop());
    const members = membersOn(url);
    const { api, worker } = await runOne(members);
    const waiting = await api.queue.enqueue(newJob({ request: request({ model: 'x' }) }));
    expect(await api.queue.cancel(waiting.id)).toMatchObject({ outcome: 'canceled' });
    expect(await api.queue.count({})).toBe(2);
    expect(worker.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(
      await rejection(members.api({ waitReplicas: 1 }).then(({ queue }) => queue.enqueue(newJob()))),
    ).toMatchObject(unavailable);
  });

  it('are a Redis Cluster that lacks a master: jobs are refused as unavailable, and accepted when it is back', async () => {
    const { nodes, url } = await startRedisCluster();
    for (const node of nodes) stops.push(() => node.stop());
    const { queue } = await membersOn(url).api();
    const { id } = await queue.enqueue(newJob());
    const keys = await Promise.all(nodes.map((node) => keyCount(node)));
    const other = nodes[keys.indexOf(0)]!; // without it the cluster is down, though its slots are not the job's
    await other.kill();
    const refused = {
      ...unavailable,
      message: `Redis at ${url} is a Redis Cluster, and was down for 5 seconds`,
    };
    await vi.waitFor(
      async () => {
        expect(await rejection(queue.enqueue(newJob()))).toMatchObject(refused);
      },
      { timeout: 30_000 },
    );
    const waiting = queue.enqueue(newJob());
    await other.resume();
    const { id: last } = await waiting;
    for (const kept of [id, last]) expect(await queue.get(kept)).toMatchObject({ status: 'QUEUED' });
  });

  it('accept a job when enough replicas have it, and take it back where they do not answer', async () => {
    const { server } = await startRedis();
    const replica = await RedisServer.start(['--replicaof', '127.0.0.1', String(server.port)]);
    stops.push(() => replica.stop());
    const members = membersOn(server.url);
    const { queue } = await members.api({ waitReplicas: 1 });
    // The replica may still be copying.
    const { id } = await vi.waitFor(() => queue.enqueue(newJob()), { timeout: 20_000, interval: 200 });
    await replica.kill();
    const error = await rejection(queue.enqueue(newJob()));
    expect(error).toMatchObject({
      ...unavailable,
      message: `Redis at ${server.url} has 0 of the 1 replicas that must have a job before it is accepted`,
    });
    expect((await queue.list({ limit: 10, from: 'newest' })).map((job) => job.id)).toEqual([id]);
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });

  it('are found through a sentinel, also the next master', async () => {
    const { server } = await startRedis();
    const replica = await RedisServer.start(['--replicaof', '127.0.0.1', String(server.port)]);
    stops.push(() => replica.stop());
    const sentinel = await RedisServer.startSentinel(server);
    stops.push(() => sentinel.stop());
    const members = membersOn(`redis+sentinel://127.0.0.1:${sentinel.port}/mymaster`);
    const { api, worker } = await runOne(members);
    const [seen] = [new Redis(replica.url)];
    await vi.waitFor(async () => {
      expect(await seen.info('replication')).toContain('master_link_status:up');
    }, 20_000);
    const asked = new Redis({ port: sentinel.port, lazyConnect: true });
    await vi.waitFor(async () => {
      expect(await asked.call('SENTINEL', 'REPLICAS', 'mymaster')).toHaveLength(1);
    }, 20_000);
    const { id } = await api.queue.enqueue(newJob({ request: request({ model: 'x' }) }));
    await vi.waitFor(async () => {
      expect(await seen.exists(`${members.prefix}job:${id}`)).toBe(1);
    }, 5000);
    await server.kill();
    const lease = await vi.waitFor(() => worker.next(), { timeout: 30_000, interval: 200 });
    await vi.waitFor(() => succeed(lease), { timeout: 30_000, interval: 200 });
    expect(await ended(api.queue, id)).toMatchObject({ status: 'SUCCEEDED' });
    seen.disconnect();
    asked.disconnect();
  });
});
