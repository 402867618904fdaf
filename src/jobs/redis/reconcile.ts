import { randomUUID } from 'node:crypto';
import { isFinished } from '../job.ts';
import { QueueLostError } from '../queue.ts';
import type { Entries } from './entries.ts';
import type { RedisStore } from './store.ts';

/** Milliseconds between two looks at the running jobs, and at the waiting ones. */
const RUNNING = 2000;
const WAITING = 60_000;

/** Pages of jobs that are swept at a time. */
const SWEPT = 20;

/**
 * Makes up for what a crash left undone: running jobs that no lock and no worker of their model will bring back, and
 * waiting jobs without an entry; and jobs without a record, which would count for ever. Every process has one; only one works at a time.
 */
export class Reconciler {
  readonly #store: RedisStore;
  readonly #entries: Entries;
  readonly #timers: NodeJS.Timeout[];
  readonly #failing = new Set<string>();
  #isClosed = false;
  /** Jobs that were looked at in this round. */
  #swept = 0;

  /** Looks at the waiting jobs at once. */
  constructor(store: RedisStore, entries: Entries) {
    this.#store = store;
    this.#entries = entries;
    const every = (interval: number, name: string, look: () => Promise<void>): NodeJS.Timeout =>
      setInterval(() => void this.#elected(name, interval, look), interval).unref();
    this.#timers = [
      every(RUNNING, 'running', () => this.interrupt()),
      every(WAITING, 'waiting', () => this.#restoreAll()),
    ];
    void this.#elected('waiting', WAITING, () => this.#restoreAll());
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Ends the attempts of workers that are gone: a worker that Redis kept waiting renews its lock between two looks. */
  async interrupt(): Promise<void> {
    const store = this.#store;
    for (const one of await store.findMany(await store.run<string[]>('unlocked'))) {
      if (typeof one === 'string' || one.job.status !== 'RUNNING') continue;
      const next = await store.interrupt(one, randomUUID());
      if (next && isFinished(next.status))
        await this.#entries.remove({ id: next.id, model: next.request.model });
    }
  }

  async #restoreAll(): Promise<void> {
    await this.dropVanished();
    await this.restore();
  }

  /** Adds the entries that waiting jobs lack. */
  async restore(): Promise<void> {
    const store = this.#store;
    for (let seen = 0; ;) {
      const [size, missing] = await store.run<[number, [string, string, string][]]>('missing', seen);
      for (const [id, model, level] of missing) {
        await this.#entries.add({ id, model }, Number(level), ['addAgain', [id]]);
        store.log.warn({ jobId: id }, 'waiting job had no queue entry; it was added');
      }
      if (size === 0) return;
      seen += size;
    }
  }

  /** Takes jobs out of the counts whose records are gone: somebody deleted them, or Redis was told to evict keys. */
  async dropVanished(): Promise<void> {
    const store = this.#store;
    const gone: string[] = [];
    for (let pages = 0; pages < SWEPT; pages++) {
      const [size, ids] = await store.run<[number, string[]]>('vanished', this.#swept);
      if (ids.length > 0) await store.run('dropVanished', ...ids);
      gone.push(...ids);
      this.#swept += size - ids.length;
      if (size > 0) continue;
      this.#swept = 0;
      break;
    }
    if (gone.length === 0) return;
    await this.#dropFromOwners(gone);
    const why = 'Redis evicts keys (maxmemory-policy must be noeviction), or somebody deleted them';
    store.log.error({ jobs: gone.length, jobId: gone[0] }, `job records are gone: ${why}`);
  }

  /** Nobody knows whose they were: looks in the index of every owner. */
  async #dropFromOwners(ids: readonly string[]): Promise<void> {
    const store = this.#store;
    const { connections, redis } = store;
    const pattern = `${store.key('jobs').replace(/[\\*?[\]]/g, '\\$&')}:*`;
    for (const master of connections.masters(redis)) {
      let cursor = '0';
      do {
        const [next, indexes] = await store.answer(() =>
          master.scan(cursor, 'MATCH', pattern, 'COUNT', 1000),
        );
        for (const index of indexes) await store.answer(() => redis.zrem(index, ...ids));
        cursor = next;
      } while (cursor !== '0');
    }
  }

  /** Does something in one process of the cluster at a time. */
  async #elected(name: string, interval: number, work: () => Promise<void>): Promise<void> {
    const store = this.#store;
    const key = store.key('reconcile', name);
    try {
      const life = interval - 100;
      if (await store.answer(() => store.redis.set(key, '1', 'PX', life, 'NX'))) await work();
      this.#failing.delete(name);
    } catch (error) {
      if (this.#isClosed || this.#failing.has(name)) return;
      this.#failing.add(name);
      store.log.warn({ err: error }, `${name} jobs were not reconciled`);
    }
  }
}

/** Tells by a key in Redis whether its data are still those that this process has met. */
export class RunId {
  readonly #store: RedisStore;
  readonly #onLost: (error: QueueLostError) => Promise<void>;
  #id: string | null = null;

  /** `onLost` is called once for each loss, when the new data have an id. */
  constructor(store: RedisStore, onLost: (error: QueueLostError) => Promise<void>) {
    this.#store = store;
    this.#onLost = onLost;
  }

  /** Takes the id of the data, or gives them one. */
  async open(): Promise<void> {
    const { redis } = this.#store;
    await this.#store.answer(() => redis.set(this.#store.key('run'), randomUUID(), 'NX'));
    this.#id = await this.#read();
  }

  /** Throws QueueLostError where the data are others than before; the next call compares with these. */
  async mustBeSame(): Promise<void> {
    const known = this.#id;
    if ((await this.#read()) === known || known !== this.#id) return;
    await this.open();
    if (this.#id === known) return;
    const { shown } = this.#store.connections;
    const error = new QueueLostError(`Redis at ${shown} has lost its data, or is another one: jobs are gone`);
    await this.#onLost(error);
    throw error;
  }

  #read(): Promise<string | null> {
    return this.#store.answer(() => this.#store.redis.get(this.#store.key('run')));
  }
}
