import { randomUUID } from 'node:crypto';
import { QueueLostError } from '../queue.ts';
import type { RedisStore } from './store.ts';

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
