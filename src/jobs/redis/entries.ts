import {
  createIORedisClient,
  createRedisBackend,
  type IRedisClient,
  type JobJson,
  type MinimalJob,
  type RedisQueueBackend,
} from 'bullmq';
import { isFinished, type Job } from '../job.ts';
import type { Client } from './connection.ts';
import { EVENTS, joined, joining } from './joined.ts';
import type { Command } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** BullMQ never gives an entry up: the record counts the attempts. */
const STALLS = 1_000_000;

/** How soon the death of a worker is noticed, in milliseconds. */
export interface LockTimes {
  /** Life of a lock; its holder renews it four times as often. */
  readonly duration: number;
  /** Between two looks for locks that have expired. */
  readonly check: number;
}

/** What stands for a job in BullMQ's queue of its model. */
export interface Entry {
  readonly id: string;
  readonly model: string;
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
    this.#client = joining(createIORedisClient(parts.redis), parts.store.key(), parts);
  }

  /** Runs a script that may add the entry of a job, at the level of its priority (see levelOf); its answer. */
  async add({ id, model }: Entry, level: number, add: Command<'accept' | 'addAgain'>): Promise<unknown> {
    const backend = await this.#backend(model);
    const job = {
      ...{ id, name: 'img2img', data: '{}', timestamp: Date.now() },
      opts: { priority: level, removeOnComplete: true },
    };
    return this.#parts.store.answer(() => joined(add, () => backend.addJob(job as unknown as JobJson, id)));
  }

  /** Runs the script that takes the next entry of some models, locks it and perhaps starts its job; its answer. */
  async take(models: readonly string[], token: string, take: Command<'take'>): Promise<unknown> {
    const { store, worker } = this.#parts;
    const backend = await this.#backend(models[0]!);
    return store.answer(() => joined(take, () => backend.moveToActive(token, worker)));
  }

  /** Removes a locked entry: its job has ended. */
  async end({ id, model }: Entry, token: string): Promise<void> {
    await this.#settle(model, id, (backend) => completed(backend, id, token));
  }

  /** Runs the script that ends a job and, if it has, removes the locked entry; its answer. */
  async endWith(end: Command<'finish'>, { id, model }: Entry, token: string): Promise<unknown> {
    const backend = await this.#backend(model);
    return this.#parts.store.answer(() => joined(end, () => completed(backend, id, token)));
  }

  /** Lets a locked entry wait for some milliseconds or at once, as the first of its level. */
  async release({ id, model }: Entry, token: string, milliseconds = 0): Promise<void> {
    await this.#settle(model, id, async (backend) => {
      if (milliseconds > 0) {
        await backend.moveToDelayed(id, Date.now(), Math.ceil(milliseconds), token);
        return;
      }
      await backend.moveJobFromActiveToWait(id, token);
      await this.#parts.redis.zadd(backend.keys['marker']!, 0, '0'); // BullMQ adds none here
    });
  }

  /** Lets a locked entry follow its job, of which there is perhaps no record: it goes with its end, else it waits again. */
  async follow(entry: Entry, token: string, job: Job | undefined): Promise<void> {
    if (!job || isFinished(job.status)) await this.end(entry, token);
    else await this.release(entry, token, (job.notBefore ?? 0) - this.#parts.store.now());
  }

  /** Removes an entry unless somebody has locked it. */
  async remove({ id, model }: Entry): Promise<void> {
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

/** The level of a job's entry by its priority: 1 to 201, the lowest first. */
export const levelOf = (priority: number): number => 101 - priority;
