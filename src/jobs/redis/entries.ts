import {
  createRedisBackend,
  type IRedisClient,
  type JobJson,
  type MinimalJob,
  type RedisQueueBackend,
} from 'bullmq';
import type { Client } from './connection.ts';
import { type Command, joined, joiningClient } from './joined.ts';
import type { RedisStore } from './store.ts';

/** Entries of BullMQ's event streams, which nobody here reads. */
const EVENTS = 100;

/** BullMQ never gives an entry up: the record counts the attempts. */
const STALLS = 1_000_000;

/** Milliseconds for which a worker waits for a marker at most. */
const WAIT = 2000;

/** How soon the death of a worker is noticed, in milliseconds. */
export interface LockTimes {
  /** Life of a lock; its holder renews it four times as often. */
  readonly duration: number;
  /** Between two looks for locks that have expired. */
  readonly check: number;
}

/** A place in BullMQ's queue of a model. */
export interface Entry {
  readonly id: string;
  readonly model: string;
  /** 1 to 201, the lowest first. */
  readonly level: number;
}

/** Collaborators and settings of Entries. */
export interface EntriesParts {
  readonly store: RedisStore;
  /** The store's, or another connection. */
  readonly redis: Client;
  readonly lock: LockTimes;
  /** Shown in BullMQ's dashboards. */
  readonly worker: string;
  readonly allowOom: boolean;
}

/**
 * The entries of waiting and running jobs in BullMQ, in a queue for each model, under the job's id. BullMQ keeps locks,
 * stalled check, delays and order; what a job is and whether it may run says its record. Of BullMQ's inside the scripts
 * know wait, prioritized, delayed, marker, meta.paused, pc, :lock and stalled.
 */
export class Entries {
  readonly #parts: EntriesParts;
  readonly #client: IRedisClient;
  readonly #backends = new Map<string, Promise<RedisQueueBackend>>();

  constructor(parts: EntriesParts) {
    this.#parts = parts;
    this.#client = joiningClient(parts.redis, parts.store.key(), parts);
  }

  /** Adds an entry and runs a script behind it that may take it away again, as one; the script's answer. */
  async add({ id, model, level }: Entry, after: Command): Promise<unknown> {
    const backend = await this.#backend(model);
    const job = {
      ...{ id, name: 'img2img', data: '{}', timestamp: Date.now() },
      opts: { priority: level, removeOnComplete: true },
    };
    return this.#parts.store.answer(() => joined(after, () => backend.addJob(job as unknown as JobJson, id)));
  }

  /** Takes the next entry of a model, locks it and runs the script that claims its job, as one; nothing if none waits. */
  async fetch(
    model: string,
    token: string,
    claim: Command,
  ): Promise<{ readonly id: string; readonly answer: unknown } | undefined> {
    const backend = await this.#backend(model);
    const { store, worker } = this.#parts;
    let id: unknown;
    const answer = await store.answer(() =>
      joined(claim, async () => {
        [, id] = (await backend.moveToActive(token, worker)) as [unknown, unknown];
      }),
    );
    return typeof id === 'string' && id !== '' ? { id, answer } : undefined;
  }

  /** Removes a locked entry: its job has ended. */
  async end({ id, model }: Omit<Entry, 'level'>, token: string): Promise<void> {
    await this.#settle(model, id, (backend) => completed(backend, id, token));
  }

  /** Runs the script that ends a job and, if it has, removes the locked entry, as one; the script's answer. */
  async endWith(end: Command, { id, model }: Omit<Entry, 'level'>, token: string): Promise<unknown> {
    const backend = await this.#backend(model);
    return this.#parts.store.answer(() => joined(end, () => completed(backend, id, token)));
  }

  /** Lets a locked entry wait for some milliseconds, then be the first of its level. */
  async delay({ id, model }: Omit<Entry, 'level'>, token: string, milliseconds: number): Promise<void> {
    const wait = Math.max(1, Math.ceil(milliseconds));
    await this.#settle(model, id, (backend) => backend.moveToDelayed(id, Date.now(), wait, token));
  }

  /** Lets a locked entry wait as the first of its level. */
  async putBack({ id, model }: Omit<Entry, 'level'>, token: string): Promise<void> {
    await this.#settle(model, id, async (backend) => {
      await backend.moveJobFromActiveToWait(id, token);
      await this.#parts.redis.zadd(backend.keys['marker']!, 0, '0'); // BullMQ adds none here
    });
  }

  /** Removes an entry unless somebody has locked it. */
  async remove({ id, model }: Omit<Entry, 'level'>): Promise<void> {
    await this.#settle(model, id, (backend) => backend.remove(id, true));
  }

  /** Lets the entries wait again whose lock has expired; does so at the second look. */
  async recoverStalled(models: readonly string[]): Promise<void> {
    const { store } = this.#parts;
    const backends = await Promise.all(models.map((model) => this.#backend(model)));
    await store.answer(() => Promise.all(backends.map((backend) => backend.moveStalledJobsToWait())));
  }

  /** The key in which BullMQ marks that something waits. */
  markerOf(model: string): string {
    return this.#parts.store.key('q', model, 'marker');
  }

  /** Forgets what was set up in Redis, because its data are gone. */
  reset(): void {
    this.#backends.clear();
  }

  /** An entry that cannot be moved is locked by another, or stalls and is met again: its record decides. */
  async #settle(
    model: string,
    id: string,
    move: (backend: RedisQueueBackend) => Promise<unknown>,
  ): Promise<void> {
    try {
      const backend = await this.#backend(model);
      await this.#parts.store.answer(() => move(backend));
    } catch (error) {
      const isRefused = typeof (error as { code?: unknown }).code === 'number';
      if (!isRefused) this.#parts.store.log.warn({ jobId: id, err: error }, 'queue entry was not moved');
    }
  }

  #backend(model: string): Promise<RedisQueueBackend> {
    const known = this.#backends.get(model);
    if (known) return known;
    const opened = this.#open(model);
    this.#backends.set(model, opened);
    opened.catch(() => this.#backends.delete(model));
    return opened;
  }

  async #open(model: string): Promise<RedisQueueBackend> {
    const { store, lock, worker } = this.#parts;
    const options = {
      connection: this.#client,
      prefix: store.key('q'),
      name: worker,
      lockDuration: lock.duration,
      stalledInterval: lock.check,
      maxStalledCount: STALLS,
      skipVersionCheck: true,
    };
    const backend = createRedisBackend(model, options);
    backend.on('error', () => undefined); // the connection logs its own
    await store.answer(() => backend.waitUntilReady());
    backend.setQueueMeta({ 'opts.maxLenEvents': EVENTS }).catch(() => undefined); // a full Redis: longer streams
    return backend;
  }
}

const completed = (backend: RedisQueueBackend, id: string, token: string): Promise<unknown> =>
  backend.moveToCompleted({ id, opts: { attempts: 1 } } as unknown as MinimalJob, null, true, token, false);

/** Waits for entries of several models at once, on a connection of its own. */
export class MarkerWait {
  readonly #client: Client;
  readonly #keys: () => readonly string[];
  #turn = 0;
  #waiting: Promise<void> | undefined;
  #closed = false;

  constructor(client: Client, keys: () => readonly string[]) {
    this.#client = client;
    this.#keys = keys;
  }

  /** Resolves when something may wait, when the signal is aborted, or after two seconds. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#closed) return;
    this.#waiting ??= this.#wait().finally(() => (this.#waiting = undefined));
    await new Promise<void>((resolve) => {
      const stop = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      signal.addEventListener('abort', stop);
      void this.#waiting?.then(stop);
    });
  }

  close(): void {
    this.#closed = true;
  }

  async #wait(): Promise<void> {
    let end = Date.now() + WAIT;
    for (let left = WAIT; left > 0 && !this.#closed; left = end - Date.now()) {
      this.#turn++;
      const popped = await this.#pop(left);
      if (!popped) return;
      const [, member, score] = popped;
      if (member === '0') return;
      end = Math.min(end, Number(score)); // an entry that is due then; its marker comes at once
    }
  }

  /** A blocking command on a connection that died silently would wait forever. */
  async #pop(milliseconds: number): Promise<[string, string, string] | null> {
    const [end, late] = [AbortSignal.timeout(milliseconds), AbortSignal.timeout(milliseconds + 1000)];
    const seconds = Math.max(0.01, milliseconds / 1000);
    const keys = this.#keys();
    const first = this.#turn % keys.length; // the first one that is not empty wins
    const inTurn = [...keys.slice(first), ...keys.slice(0, first)];
    try {
      return await Promise.race([this.#client.bzpopmin(inTurn, seconds), rejected(late)]);
    } catch {
      if (late.aborted && !this.#closed) this.#client.disconnect(true);
      if (!this.#closed) await rejected(end).catch(() => undefined); // not at once again
      return null;
    }
  }
}

/** Rejects when a signal is aborted. */
function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(new Error('aborted'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}

/** The level of a job's entry by its priority: 1 to 201, the lowest first. */
export const levelOf = (priority: number): number => 101 - priority;
