import type { RedisStore } from './store.ts';

/** Milliseconds between two heartbeats of a worker, and after which one that is silent counts as gone. */
const HEARTBEAT = 2000;
const SILENCE = 7000;

/** Milliseconds for which what was read is given again: many ask at once. */
const FRESH = 500;

/** What a worker says of itself. */
export interface WorkerState<State> {
  /** Whose jobs it takes. */
  readonly models: readonly string[];
  /** Jobs that it runs at the same time. */
  readonly devices: number;
  /** Plain JSON. */
  readonly state: State;
}

/** A worker that is present. */
export interface PresentWorker<State> extends WorkerState<State> {
  readonly worker: string;
}

/** The workers that are present, by keys that expire unless they are renewed, and what any of them ever knew. */
export class WorkerRegistry<State> {
  readonly #store: RedisStore;
  readonly #worker: string | undefined;
  readonly #remembered = new Map<string, string>();
  #beat: (() => Promise<void>) | undefined;
  #last: { readonly at: number; readonly workers: Promise<PresentWorker<State>[]> } | undefined;

  /** `worker` is the name of this process, if it is one. */
  constructor(store: RedisStore, worker: string | undefined) {
    this.#store = store;
    this.#worker = worker;
  }

  /**
   * Announces this process every two seconds, the first time before it resolves, and calls `unload` after a call for that. The
   * returned function ends that and takes the worker out at once.
   */
  async announce(
    state: () => Promise<WorkerState<State>>,
    unload: () => void = () => undefined,
  ): Promise<() => Promise<void>> {
    const [store, worker] = [this.#store, this.#worker];
    if (worker === undefined) throw new Error('this process was opened without a worker');
    let calls = await this.#calls();
    const beat = async (): Promise<void> => {
      const known = calls;
      calls = await this.#calls();
      if (calls !== known) unload();
      const json = JSON.stringify(await state());
      if (this.#beat !== beat) return;
      await store.answer(() =>
        store.redis
          .multi()
          .set(store.key('worker', worker), json, 'PX', SILENCE)
          .sadd(store.key('workers'), worker)
          .exec(),
      );
    };
    this.#beat = beat;
    await beat();
    let isLogged = false;
    const beating = setInterval(() => {
      beat().then(
        () => (isLogged = false),
        (error: unknown) => {
          if (!isLogged) store.log.warn({ worker, err: error }, 'heartbeat failed');
          isLogged = true;
        },
      );
    }, HEARTBEAT);
    return async () => {
      clearInterval(beating);
      this.#beat = undefined;
      await store.answer(() =>
        store.redis.multi().del(store.key('worker', worker)).srem(store.key('workers'), worker).exec(),
      );
    };
  }

  /** The workers that were present at most so many milliseconds ago, by name. */
  present(maxAge = FRESH): Promise<PresentWorker<State>[]> {
    const at = performance.now();
    if (!this.#last || at - this.#last.at > maxAge) {
      const last = { at, workers: this.#read() };
      this.#last = last;
      last.workers.catch(() => {
        if (this.#last === last) this.#last = undefined;
      });
    }
    return this.#last.workers;
  }

  /** Calls on every worker to unload its models; each obeys with its next heartbeat. */
  async callToUnload(): Promise<void> {
    const store = this.#store;
    await store.answer(() => store.redis.incr(store.key('unload')));
  }

  /** Keeps something about a model for good, unless something is kept already; gives what is. */
  async claim(model: string, value: unknown): Promise<unknown> {
    const store = this.#store;
    const json = await store.answer(async () => {
      await store.redis.hsetnx(store.key('remembered'), model, JSON.stringify(value));
      return (await store.redis.hget(store.key('remembered'), model)) ?? JSON.stringify(value);
    });
    this.#remembered.set(model, json);
    return JSON.parse(json) as unknown;
  }

  /** Everything that was ever remembered, by model. */
  async remembered(): Promise<ReadonlyMap<string, unknown>> {
    const store = this.#store;
    const all = await store.answer(() => store.redis.hgetall(store.key('remembered')));
    const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(sorted.map(([model, json]) => [model, JSON.parse(json) as unknown]));
  }

  /** Writes again what this process has announced: Redis has lost it. */
  async restore(): Promise<void> {
    const store = this.#store;
    for (const [model, json] of this.#remembered) {
      await store.answer(() => store.redis.hsetnx(store.key('remembered'), model, json));
    }
    await this.#beat?.();
  }

  /** Calls to unload so far. */
  #calls(): Promise<string | null> {
    const store = this.#store;
    return store.answer(() => store.redis.get(store.key('unload')));
  }

  async #read(): Promise<PresentWorker<State>[]> {
    const store = this.#store;
    const names = (await store.answer(() => store.redis.smembers(store.key('workers')))).sort();
    if (names.length === 0) return [];
    const states = await store.answer(() => store.redis.mget(names.map((name) => store.key('worker', name))));
    const gone = names.filter((_, i) => states[i] == null);
    if (gone.length > 0) await store.answer(() => store.redis.srem(store.key('workers'), ...gone));
    return names.flatMap((worker, i) => {
      const json = states[i];
      return json == null ? [] : [{ worker, ...(JSON.parse(json) as WorkerState<State>) }];
    });
  }
}
