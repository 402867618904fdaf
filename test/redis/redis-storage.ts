import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openRedisJobs } from '../../src/jobs/redis/index.ts';
import { MODELS } from '../jobs/job-queue/queue-bench.ts';
import type { ModelledStorage } from '../jobs/model-based/world.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import type { RedisServer } from './redis-server.ts';

/** Locks of dead workers expire soon, so that a test need not wait long. */
const LOCK = { duration: 2000, check: 500 };

/** Keys of their own in a Redis, opened as an API process and as a worker, which share a way to it. */
export class RedisStorage implements ModelledStorage {
  readonly perModel = true;
  readonly #server: RedisServer;
  readonly #prefix = `{${randomUUID()}}:`;
  readonly #proxies: TcpProxy[] = [];

  constructor(server: RedisServer) {
    this.#server = server;
  }

  open: ModelledStorage['open'] = async ({ queueLimit, log, now }) => {
    const proxy = await TcpProxy.start(this.#server.port);
    this.#proxies.push(proxy);
    const options = { url: proxy.url, prefix: this.#prefix, queueLimit, log, now, lock: LOCK };
    const { queue } = await openRedisJobs<object>(options);
    const worker = await openRedisJobs<object>({ ...options, worker: { name: 'w', models: MODELS } });
    const close = queue.close.bind(queue);
    queue.close = async () => {
      await close();
      await worker.queue.close();
    };
    return { queue, source: worker.source! };
  };

  /** The way of the process that was opened last to Redis. */
  get proxy(): TcpProxy {
    return this.#proxies.at(-1)!;
  }

  async kill(): Promise<void> {
    await this.proxy.cut();
  }

  async rewrite(id: string, change: (record: string) => string): Promise<void> {
    const redis = new Redis(this.#server.url);
    const key = `${this.#prefix}job:${id}`;
    await redis.hset(key, 'record', change((await redis.hget(key, 'record'))!));
    redis.disconnect();
  }

  /** BullMQ's locks expire and its delays end, as after a long time. */
  async elapse(): Promise<void> {
    const redis = new Redis(this.#server.url);
    for (const model of MODELS) {
      const q = `${this.#prefix}q:${model}:`;
      const locks = await redis.keys(`${q}*:lock`);
      await redis.del(`${q}stalled-check`, ...locks);
      for (const id of await redis.zrange(`${q}delayed`, 0, -1)) await redis.zadd(`${q}delayed`, 'XX', 0, id);
    }
    redis.disconnect();
  }

  partition(): { heal: () => void } {
    const { proxy } = this;
    proxy.pause();
    return {
      heal: () => {
        proxy.resume();
      },
    };
  }

  async remove(): Promise<void> {
    for (const proxy of this.#proxies) await proxy.cut();
  }
}
