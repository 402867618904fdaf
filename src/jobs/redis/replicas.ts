import { QueueUnavailableError } from '../queue.ts';
import type { Client } from './connection.ts';
import type { Entries, Entry } from './entries.ts';
import type { RedisStore } from './store.ts';

/** Milliseconds that the replicas have to receive a job. */
const REPLICATION = 1000;

/** Replicas of Redis that must have a job before it is accepted. */
export class Replicas {
  readonly #store: RedisStore;
  readonly #redis: Client;
  readonly #count: number;
  /** Entries on the connection whose writes are waited for. */
  readonly entries: Entries;

  /** `redis` is a connection of its own, and `entries` are on it. */
  constructor(store: RedisStore, redis: Client, { count, entries }: { count: number; entries: Entries }) {
    this.#store = store;
    this.#redis = redis;
    this.#count = count;
    this.entries = entries;
  }

  /**
   * Accepts a job and waits for the replicas. WAIT knows the writes of its own connection only, so that a new
   * connection in between proves nothing. Throws QueueUnavailableError if too few replicas answer.
   */
  async accept(entry: Entry, add: () => Promise<[unknown, unknown]>): Promise<[unknown, unknown]> {
    const store = this.#store;
    const master = await store.connections.masterOf(this.#redis, store.key());
    const { stream } = master;
    const answers = await add();
    if (answers[0] === 'full' || answers[0] === 'own full') return answers;
    const reached = await store.answer(() => master.wait(this.#count, REPLICATION)).catch(() => 0);
    if (reached >= this.#count && master.stream === stream) return answers;
    if (answers[0] === 'accepted') {
      await store.run('withdraw', entry.id);
      if ((await store.find(entry.id)) === 'unknown') await this.entries.remove(entry);
    }
    throw new QueueUnavailableError(
      `Redis at ${store.connections.shown} has ${reached} of the ${this.#count} replicas that must have a job before it is accepted`,
    );
  }
}
