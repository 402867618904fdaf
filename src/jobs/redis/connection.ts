import { setTimeout as wait } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { ConfigError } from '../../config.ts';
import { StorageFullError } from '../../storage/object-store.ts';
import type { Log } from '../log.ts';
import { QueueUnavailableError } from '../queue.ts';
import { parseRedisUrl, type RedisAddress, whyRefused } from './address.ts';

/** Seconds after which a command that was not answered is given up. */
const PATIENCE = 5;

/** Milliseconds between two attempts to connect, by their number. */
const delay = (attempt: number): number => Math.min(attempt * 50, 500);

/** Milliseconds until commands that a broken connection has aborted are sent again. */
const RETRY = 50;

/** A Redis Cluster without all of its masters; ioredis gives up before a replica has been elected. */
const CLUSTER_DOWN = /^CLUSTERDOWN |^Too many Cluster redirections/;

const BROKEN =
  /aborted due to connection close|Connection is closed|isn't writeable|^READONLY |^LOADING |^MOVED |^BUSY /;

/** Errors that pass when Redis is reachable, or its new master, again, or its administrator has done something. */
const UNAVAILABLE =
  /^(READONLY|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|NOREPLICAS|NOAUTH|WRONGPASS|NOPERM|UNBLOCKED) |max number of clients|Connection is closed|isn't writeable|startup nodes|sentinels are unreachable|refresh slots|aborted due to connection close|Cluster redirections/;

/** A connection; of a Redis Cluster, one to each of its nodes, with the same commands. */
export type Client = Redis;

/** The connections of this process to one Redis, Sentinel or Redis Cluster, and what their errors mean. */
export class Connections {
  readonly #address: RedisAddress;
  readonly #isCluster: boolean;
  readonly #all: Client[] = [];
  readonly #log: Log;
  #closed = false;
  /** When a replica last refused a command, which ioredis then sends again and again by itself. */
  #readOnlyAt = -Infinity;

  private constructor(address: RedisAddress, isCluster: boolean, log: Log) {
    this.#address = address;
    this.#isCluster = isCluster;
    this.#log = log;
  }

  /** Finds out whether it is a Redis Cluster. Throws ConfigError where there is no usable Redis. */
  static async open(url: string, log: Log): Promise<Connections> {
    const address = parseRedisUrl(url);
    const isOneOf = address.hosts.length > 1 && address.sentinel === undefined;
    let reason: unknown;
    for (const host of isOneOf ? address.hosts : address.hosts.slice(0, 1)) {
      const first = new Connections(isOneOf ? { ...address, hosts: [host] } : address, false, log);
      try {
        const client = await first.connect();
        const facts = await first.answer(() => client.info('cluster'));
        const isCluster = /^cluster_enabled:1/m.test(facts);
        const { db } = address.options;
        if (isCluster && db) throw new Error('a Redis Cluster has no numbered databases');
        if (db) await first.answer(() => client.select(db)); // ioredis goes on in database 0 where this fails
        if (isOneOf && !isCluster) throw new Error('several hosts must be of a Redis Cluster');
        return new Connections(address, isCluster, log);
      } catch (error) {
        reason ??= (await whyRefused(address, host)) ?? error;
      } finally {
        first.close();
      }
    }
    throw unusable(address, reason);
  }

  /** The URL without user and password. */
  get shown(): string {
    return this.#address.shown;
  }

  /** Another connection, ready for commands. Its commands wait for Redis as long as it takes: see `answer`. */
  async connect(options: RedisOptions = {}): Promise<Client> {
    const client = this.#create({
      ...this.#address.options,
      lazyConnect: true,
      maxRetriesPerRequest: null,
      retryStrategy: delay,
      keepAlive: 10_000,
      reconnectOnError: (error) => {
        if (!error.message.startsWith('READONLY')) return false;
        this.#readOnlyAt = performance.now();
        return 2; // the master changed
      },
      ...options,
    });
    let reported = false;
    client.on('ready', () => (reported = false));
    client.on('error', (error) => {
      if (!reported && !this.#closed) this.#log.warn({ err: error }, `connection to ${this.shown} failed`);
      reported = true;
    });
    this.#all.push(client);
    await this.answer(() => this.#ready(client));
    return client;
  }

  /** Every master: one, or those of a Redis Cluster. */
  masters(client: Client): Redis[] {
    return this.#isCluster ? (client as unknown as Cluster).nodes('master') : [client];
  }

  /** The master that has a key. */
  async masterOf(client: Client, key: string): Promise<Redis> {
    if (!this.#isCluster) return client;
    const slot = await this.answer(() => client.cluster('KEYSLOT', key));
    const name = (client as unknown as Cluster).slots[slot]?.[0];
    const found = this.masters(client).find(({ options }) => `${options.host}:${options.port}` === name);
    if (!found) throw new QueueUnavailableError(`Redis at ${this.shown} has no master for slot ${slot}`);
    return found;
  }

  /**
   * Waits five seconds for commands, and sends them again where the connection broke in between: they must be safe to
   * repeat. Throws QueueUnavailableError where they are not answered, StorageFullError where Redis has no room for them.
   */
  async answer<T>(commands: () => Promise<T>): Promise<T> {
    const end = performance.now() + PATIENCE * 1000;
    let timer: NodeJS.Timeout | undefined;
    let isClusterDown = false;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const isReadOnly = this.#readOnlyAt >= end - PATIENCE * 1000;
        const why = isReadOnly
          ? `is a read-only replica, and had no master for ${PATIENCE} seconds`
          : isClusterDown
            ? `is a Redis Cluster, and was down for ${PATIENCE} seconds`
            : `did not answer within ${PATIENCE} seconds`;
        reject(new QueueUnavailableError(`Redis at ${this.shown} ${why}`));
      }, PATIENCE * 1000);
    });
    try {
      for (;;) {
        try {
          return await Promise.race([commands(), late]);
        } catch (error) {
          const message = error instanceof Error ? error.message : '';
          isClusterDown = CLUSTER_DOWN.test(message);
          const isBroken = (isClusterDown || BROKEN.test(message)) && !this.#closed;
          if (!isBroken || performance.now() >= end) throw this.#meaningOf(error);
          await Promise.race([wait(RETRY), late]);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends every connection; what waits for an answer fails. */
  close(): void {
    this.#closed = true;
    for (const client of this.#all.splice(0)) client.disconnect();
  }

  #create(options: RedisOptions): Client {
    const { hosts, sentinel } = this.#address;
    if (this.#isCluster) {
      const cluster = new Cluster([...hosts], {
        lazyConnect: true,
        clusterRetryStrategy: delay,
        redisOptions: options,
      });
      return cluster as unknown as Client;
    }
    if (sentinel === undefined) return new Redis({ ...hosts[0]!, ...options });
    const { tls } = options;
    return new Redis({
      ...options,
      sentinels: [...hosts],
      name: sentinel,
      sentinelRetryStrategy: delay,
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  }

  /** What `connect` returns is about its first attempt alone; a Cluster whose nodes do not agree yet needs several. */
  #ready(client: Client): Promise<void> {
    return new Promise((resolve, reject) => {
      let cause: Error | undefined;
      client.once('error', (error) => (cause = error));
      client.once('ready', () => {
        resolve();
      });
      if (client.status !== 'wait') return;
      client.connect().catch((error: unknown) => {
        if (!this.#isCluster) reject(cause ?? (error as Error));
      });
    });
  }

  #meaningOf(error: unknown): unknown {
    if (!(error instanceof Error) || error instanceof QueueUnavailableError) return error;
    const { previousErrors = [] } = error as { previousErrors?: Error[] };
    const { message } = previousErrors[0] ?? error;
    if (/\bOOM command|\bMISCONF |No space left/.test(message)) {
      return new StorageFullError(`Redis at ${this.shown} is out of memory: ${message}`, { cause: error });
    }
    const isOfConnection = 'syscall' in error || UNAVAILABLE.test(message);
    if (!isOfConnection) return error;
    return new QueueUnavailableError(`Redis at ${this.shown} is not available: ${message}`, { cause: error });
  }
}

/** Refuses a Redis that cannot keep jobs, and logs what it could lose. Throws ConfigError. */
export async function mustKeep(
  connections: Connections,
  client: Client,
  log: Log,
): Promise<{ version: number }> {
  const versions: number[] = [];
  try {
    for (const master of connections.masters(client)) {
      const facts = await connections.answer(() => master.info());
      const version = Number(/^redis_version:(\d+\.\d+)/m.exec(facts)?.[1]);
      if (!(version >= 6.2)) throw new Error(`its version is ${version}, the queue needs 6.2 or newer`);
      versions.push(version);
      const policy = /^maxmemory_policy:(\S+)/m.exec(facts)?.[1];
      if (policy !== undefined && policy !== 'noeviction') {
        throw new Error(`its maxmemory-policy is ${policy}, which may evict jobs: set it to noeviction`);
      }
      if (!/^aof_enabled:1/m.test(facts)) {
        log.warn(
          {},
          'Redis writes no append-only file: jobs are lost if it crashes. Set appendonly yes in its configuration',
        );
      }
    }
  } catch (error) {
    throw unusable(connections, error);
  }
  return { version: Math.min(...versions) };
}

/** What a look at Redis has found. */
export interface RedisCheck {
  readonly version: number;
  /** Milliseconds that its clock is ahead of this machine's. */
  readonly clockAhead: number;
  /** What it may lose jobs by. */
  readonly warnings: readonly string[];
}

/** Connects to Redis and sees whether it can keep jobs. Throws ConfigError where it cannot. */
export async function checkRedis(url: string): Promise<RedisCheck> {
  const warnings: string[] = [];
  const nothing = () => undefined;
  const quiet: Log = { info: nothing, warn: nothing, error: nothing };
  const log: Log = { ...quiet, warn: (_facts, message) => void warnings.push(message) };
  const connections = await Connections.open(url, quiet);
  try {
    const client = await connections.connect();
    const { version } = await mustKeep(connections, client, log);
    const [master] = connections.masters(client);
    const before = Date.now();
    const [seconds, microseconds] = await connections.answer(() => master!.time());
    const now = (before + Date.now()) / 2;
    return { version, clockAhead: Number(seconds) * 1000 + Number(microseconds) / 1000 - now, warnings };
  } finally {
    connections.close();
  }
}

function unusable({ shown }: { shown: string }, error: unknown): ConfigError {
  const why = error instanceof Error ? error.message : String(error);
  const reason = why.replace(`Redis at ${shown} is not available: `, '').replace(`Redis at ${shown}`, 'it');
  return new ConfigError(`QUEUE_URL: Redis at ${shown} cannot be used: ${reason}`);
}
