import type { Redis } from 'ioredis';
import type { Log } from './log.ts';

/** Milliseconds between two announcements of a worker, and after which one that is silent counts as gone. */
const BEAT = 2000;
const SILENCE = 7000;

/** Milliseconds for which what was read is told again: many ask at once. */
const FRESH = 500;

/** What a worker can take. */
export interface Post {
  /** The models whose jobs it takes. */
  readonly models: readonly string[];
  /** Jobs that it works on at the same time. */
  readonly devices: number;
}

/** A worker and what it says of itself. */
export interface Announced<State> {
  readonly worker: string;
  readonly post: Post;
  readonly state: State;
}

/**
 * The workers that are there, by keys that expire unless they are renewed; and what any of them ever brought along, by
 * name. `State` is plain JSON.
 */
export class ClusterRoster<State> {
  readonly #redis: Redis;
  readonly #key: (...parts: string[]) => string;
  readonly #log: Log;
  #last: { readonly at: number; readonly present: Promise<Announced<State>[]> } | undefined;

  constructor(redis: Redis, key: (...parts: string[]) => string, log: Log) {
    this.#redis = redis;
    this.#key = key;
    this.#log = log;
  }

  /** Announces a worker under its name again and again, until the returned function is called; it is gone then. */
  async announce(worker: string, post: Post, state: () => Promise<State>): Promise<() => Promise<void>> {
    const say = async () => {
      const words = JSON.stringify({ post, state: await state() });
      await this.#redis
        .multi()
        .set(this.#key('worker', worker), words, 'PX', SILENCE)
        .sadd(this.#key('workers'), worker)
        .exec();
    };
    await say();
    const beating = setInterval(() => {
      say().catch((error: unknown) => {
        this.#log.warn({ err: error }, 'this worker could not announce itself');
      });
    }, BEAT);
    return async () => {
      clearInterval(beating);
      await this.#redis.multi().del(this.#key('worker', worker)).srem(this.#key('workers'), worker).exec();
    };
  }

  /** The workers that are there, by name. */
  present(): Promise<Announced<State>[]> {
    const at = performance.now();
    if (!this.#last || at - this.#last.at > FRESH) this.#last = { at, present: this.#read() };
    return this.#last.present;
  }

  /** Keeps something under a name for good. */
  async remember(name: string, value: unknown): Promise<void> {
    await this.#redis.hset(this.#key('remembered'), name, JSON.stringify(value));
  }

  /** Everything that was ever remembered, by name. */
  async remembered(): Promise<ReadonlyMap<string, unknown>> {
    const all = await this.#redis.hgetall(this.#key('remembered'));
    return new Map(
      Object.entries(all)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, json]) => [name, JSON.parse(json) as unknown]),
    );
  }

  async #read(): Promise<Announced<State>[]> {
    const workers = (await this.#redis.smembers(this.#key('workers'))).sort();
    if (workers.length === 0) return [];
    const words = await this.#redis.mget(workers.map((worker) => this.#key('worker', worker)));
    const gone = workers.filter((_, i) => words[i] == null);
    if (gone.length > 0) await this.#redis.srem(this.#key('workers'), ...gone);
    return workers.flatMap((worker, i) => {
      const json = words[i];
      if (json == null) return [];
      return [{ worker, ...(JSON.parse(json) as { post: Post; state: State }) }];
    });
  }
}
