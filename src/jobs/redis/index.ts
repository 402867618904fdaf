import { growingIds, type Job } from '../job.ts';
import type { Log } from '../log.ts';
import { type JobQueue, type JobSource, QueueLostError } from '../queue.ts';
import { type Client, Connections, mustKeep } from './connection.ts';
import { Entries, type LockTimes } from './entries.ts';
import { RedisEvents, type WorkerMessages } from './events.ts';
import { MarkerWait } from './markers.ts';
import { Questions } from './questions.ts';
import { RedisQueue } from './queue.ts';
import { Reconciler, RunId } from './reconcile.ts';
import { Replicas } from './replicas.ts';
import { RedisSource } from './source.ts';
import { RedisStore } from './store.ts';
import { WorkerRegistry } from './workers.ts';

export { Questions } from './questions.ts';
export { WorkerRegistry } from './workers.ts';

/** Milliseconds between two looks whether Redis still has its data. */
const HEALTH = 10_000;

const LOCK: LockTimes = { duration: 4000, check: 1000 };

/** Settings of the jobs in Redis. */
export interface RedisJobsOptions {
  /**
   * redis:// or rediss://, with commas between the nodes of a Redis Cluster; redis+sentinel://h1:p1,h2:p2/master. Redis
   * 6.2 or newer, or Valkey.
   */
  readonly url: string;
  /** In front of every key and channel; in a Redis Cluster it must be one hash tag. */
  readonly prefix?: string;
  /** Waiting jobs in the whole cluster beyond which `enqueue` refuses. */
  readonly queueLimit: number;
  /** Replicas that must have a job within a second before it is accepted. */
  readonly waitReplicas?: number;
  readonly log: Log;
  /** Given in a process that runs jobs: its name, and whose jobs it takes, looked up each time. */
  readonly worker?: {
    readonly name: string;
    readonly models: readonly string[];
    /** As of the Runner. */
    readonly isForOthers?: (job: Job) => Promise<boolean>;
  };
  readonly lock?: LockTimes;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The jobs of a cluster, as one of its processes has them. */
export interface RedisJobs<State> {
  readonly queue: JobQueue;
  /** undefined in a process that runs no jobs. */
  readonly source: JobSource | undefined;
  readonly workers: WorkerRegistry<State>;
  readonly questions: Questions;
}

/** Joins the cluster of the processes with the same `url` and `prefix`. Throws ConfigError where Redis cannot keep jobs. */
export async function openRedisJobs<State>(options: RedisJobsOptions): Promise<RedisJobs<State>> {
  const connections = await Connections.open(options.url, options.log);
  try {
    return await join(connections, options);
  } catch (error) {
    connections.close();
    throw error;
  }
}

async function join<State>(connections: Connections, options: RedisJobsOptions): Promise<RedisJobs<State>> {
  const { prefix = '{latentql}:', queueLimit, waitReplicas = 0, log, worker } = options;
  const { lock = LOCK, now = Date.now } = options;
  const redis = await connections.connect();
  const allowOom = (await mustKeep(connections, redis, log)).version >= 7;
  RedisStore.define(redis, { allowOom });
  const store = new RedisStore({ connections, redis, prefix, log, now });
  const entriesOn = (client: Client): Entries =>
    new Entries({ store, redis: client, lock, worker: worker?.name ?? 'api', allowOom });
  const entries = entriesOn(redis);
  const workers = new WorkerRegistry<State>(store, worker?.name);
  const questions = new Questions(store, worker?.name);
  let source: RedisSource | undefined;
  let markers: MarkerWait | undefined;
  if (worker) {
    const blocking = { autoResendUnfulfilledCommands: false, enableOfflineQueue: false };
    const keys = (): string[] => worker.models.map((model) => entries.markerOf(model));
    markers = new MarkerWait(await connections.connect(blocking), keys);
    const isServedElsewhere = async (ours: string, model: string): Promise<boolean> =>
      (await workers.present()).some((one) => one.worker !== ours && one.models.includes(model));
    source = new RedisSource({ store, entries, markers, lock, worker, isServedElsewhere });
  }
  const subscriber = await connections.connect();
  const toWorker: WorkerMessages = {
    onRequest: (request) => source?.obey(request),
    onQuestion: (message) => {
      questions.receive(message).catch((error: unknown) => {
        log.warn({ err: error }, 'question was not answered');
      });
    },
  };
  const events = new RedisEvents(store, subscriber, worker && toWorker);
  await events.open();
  let accepting: Entries | Replicas = entries;
  if (waitReplicas > 0) {
    const waited = await connections.connect();
    RedisStore.define(waited, { allowOom });
    accepting = new Replicas({ store, redis: waited, entries: entriesOn(waited), count: waitReplicas });
  }
  const runId = new RunId(store, async (error) => {
    log.error({ err: error }, 'Redis has lost its data');
    events.lose(error);
    entries.reset();
    accepting.reset();
    await workers.restore();
  });
  await runId.open();

  let isOpen = true;
  let isReported = false;
  const look = async (): Promise<void> => {
    try {
      await Promise.all([source?.renewAll(), runId.mustBeSame()]);
      await store
        .answer(() => subscriber.ping())
        .catch(() => {
          if (isOpen) subscriber.disconnect(true); // a connection that died silently
        });
      await events.refresh();
      isReported = false;
    } catch (error) {
      if (!isOpen || isReported || error instanceof QueueLostError) return;
      isReported = true;
      log.warn({ err: error }, 'Redis was not reached');
    }
  };
  for (const connection of [redis, subscriber]) connection.on('ready', () => void look());
  redis.on('ready', () => source?.reconnected());
  const health = setInterval(() => void look(), HEALTH).unref();
  const reconciler = new Reconciler(store, entries);
  const release = (): Promise<void> => {
    isOpen = false;
    clearInterval(health);
    reconciler.close();
    markers?.close();
    events.close();
    connections.close();
    return Promise.resolve();
  };
  const lastId = await store.run<string | null>('lastId');
  const newId = growingIds(now, lastId ?? undefined);
  const mustBeSame = (): Promise<void> => runId.mustBeSame();
  const parts = { store, entries, accepting, events, newId, queueLimit, mustBeSame, release };
  const queue = new RedisQueue(parts);
  return { queue, source, workers, questions };
}
