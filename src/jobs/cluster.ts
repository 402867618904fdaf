import { Redis } from 'ioredis';
import { ConfigError } from '../config.ts';
import { ClusterEvents } from './cluster-events.ts';
import { ClusterOrphans } from './cluster-orphans.ts';
import { ClusterOutlook } from './cluster-outlook.ts';
import { ClusterPaces } from './cluster-paces.ts';
import { ClusterPositions } from './cluster-positions.ts';
import { ClusterQueue, STOP_CHANNEL } from './cluster-queue.ts';
import { ClusterRoster } from './cluster-roster.ts';
import { ClusterStore } from './cluster-store.ts';
import { TicketOffice, TicketTaker, type Patience } from './cluster-tickets.ts';
import { ClusterWorker } from './cluster-worker.ts';
import type { Log } from './log.ts';

/** Settings of the cluster adapters. */
export interface ClusterJobsOptions {
  /** redis:// or rediss://, of Redis 6.2 or newer, or Valkey. */
  readonly url: string;
  /** In front of every key and channel. */
  readonly prefix?: string;
  /** Waiting jobs in the whole cluster beyond which `enqueue` refuses. */
  readonly queueLimit: number;
  readonly log: Log;
  /** The models whose jobs this process takes, if it takes any. */
  readonly models?: readonly string[];
  /** How soon the death of another worker is noticed. */
  readonly patience?: Patience;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic?: () => number;
}

/** A worker that died is noticed after a loan and at most two checks. */
const PATIENCE: Patience = { loan: 4000, check: 1000 };

/** Times a command is tried over while the connection is away: some five seconds, in which a restart of Redis goes unnoticed. */
const RETRIES = 12;

const delay = (times: number): number => Math.min(times * 50, 500);

/**
 * Jobs and their events in Redis, shared by every process that is given the same `url` and `prefix`. Throws ConfigError.
 * Closing the queue ends all watches; close it before the engine, so that running jobs are put back rather than canceled.
 */
export async function openClusterJobs<WorkerState>(options: ClusterJobsOptions): Promise<{
  jobs: ClusterQueue;
  events: ClusterEvents;
  roster: ClusterRoster<WorkerState>;
}> {
  const { url, prefix = 'latentql:', queueLimit, log, models = [], patience = PATIENCE } = options;
  const { now = Date.now, monotonic = () => performance.now() } = options;
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: delay, maxRetriesPerRequest: RETRIES });
  let isOpen = false;
  redis.on('error', (error) => {
    if (isOpen) log.warn({ err: error }, 'the connection to Redis');
  });
  try {
    await redis.connect();
    await mustKeep(redis, log);
  } catch (error) {
    redis.disconnect();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`QUEUE_URL: Redis at ${withoutPassword(url)} cannot be used: ${reason}`);
  }
  isOpen = true;
  const connections = [redis];
  const connect = (): Redis => {
    const connection = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
    connection.on('error', () => undefined); // the first connection tells
    connections.push(connection);
    return connection;
  };

  const tickets = `${prefix}tickets`;
  const store: ClusterStore = new ClusterStore(redis, prefix, now, (ids) => outlook.secondsUntilEnd(ids));
  const roster = new ClusterRoster<WorkerState>(redis, (...parts) => store.key(...parts), log);
  const posts = async () => (await roster.present()).map(({ post }) => post);
  const paces = new ClusterPaces(store);
  const outlook = new ClusterOutlook({ store, paces, posts, now, log });
  const subscriber = connect();
  const events = new ClusterEvents({
    store,
    subscriber,
    log,
    revisionOf: (job) => store.revisionOf(job),
    look: async (id) => {
      const found = await store.find(id);
      return typeof found === 'string' ? undefined : found;
    },
  });
  const office = new TicketOffice(redis, tickets, log);
  const positions = new ClusterPositions(store, events, log);
  const orphans = new ClusterOrphans({
    store,
    events,
    served: async () => new Set((await posts()).flatMap((post) => post.models)),
    isLent: (model, ticket) => office.isLent(model, ticket),
    log,
    now,
  });
  let taker: TicketTaker | undefined;
  const jobs = new ClusterQueue({
    store,
    events,
    office,
    startWorker: (handlers) => {
      taker = new TicketTaker(connect(), tickets, models, patience, log, () => {
        jobs.wake();
      });
      const renewal = patience.loan / 4;
      return new ClusterWorker({
        store,
        events,
        log,
        now,
        monotonic,
        tickets: taker,
        paces,
        handlers,
        renewal,
      });
    },
    limit: queueLimit,
    now,
    lastId: await store.lastId(),
    release: async () => {
      positions.close();
      orphans.close();
      await taker?.close();
      await office.close();
      for (const connection of connections) connection.disconnect();
    },
  });
  const changed = store.key('changed');
  const stop = store.key(STOP_CHANNEL);
  // Again after each reconnection: what ioredis subscribes again by itself can be lost when connections fail in a row.
  const listen = () => subscriber.subscribe(changed, stop);
  subscriber.on('ready', () => {
    listen().catch(() => undefined); // the connection is gone again
  });
  subscriber.on('message', (channel: string, message: string) => {
    if (channel === changed) {
      const [model, change] = message.split(' ') as [string, string];
      if (change === '+' && models.includes(model)) jobs.wake();
      positions.changed();
    } else if (channel === stop) jobs.heed(message);
  });
  await subscriber.connect(); // a command that is sent before can break the connection's own check
  await listen();
  return { jobs, events, roster };
}

/** Says what of an acknowledged job Redis could lose, and refuses one that throws keys away when memory is short. */
async function mustKeep(redis: Redis, log: Log): Promise<void> {
  const memory = await redis.info('memory');
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(
      `its maxmemory-policy is ${policy}, under which it may throw jobs away: set it to noeviction`,
    );
  }
  const persistence = await redis.info('persistence');
  if (!/^aof_enabled:1/m.test(persistence)) {
    log.warn(
      {},
      'Redis writes no append-only file: jobs are lost when it dies. Set appendonly yes in its configuration',
    );
  }
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');
