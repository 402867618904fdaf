import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisStore } from './store.ts';

/** Milliseconds for which an answer is waited for, and between two looks whether it is there. */
const PATIENCE = 5000;
const LOOK = 25;

/** Milliseconds for which an answer is kept. */
const KEPT = 30_000;

/** A question as it is sent. */
interface Sent {
  readonly id: string;
  /** Names of the workers that may answer. */
  readonly to: readonly string[];
  readonly question: unknown;
}

/** Questions of API processes to workers, such as about files that only the workers have. */
export class Questions {
  readonly #store: RedisStore;
  readonly #worker: string | undefined;
  #answer: ((question: unknown) => Promise<unknown>) | undefined;

  /** `worker` is the name of this process, if it is one. */
  constructor(store: RedisStore, worker: string | undefined) {
    this.#store = store;
    this.#worker = worker;
  }

  /** Asks some workers, in plain JSON; undefined if none answers within five seconds. */
  async ask(workers: readonly string[], question: unknown): Promise<unknown> {
    if (workers.length === 0) return undefined;
    const store = this.#store;
    const sent: Sent = { id: randomUUID(), to: workers, question };
    await store.answer(() => store.redis.publish(store.key('questions'), JSON.stringify(sent)));
    const end = performance.now() + PATIENCE;
    for (;;) {
      const json = await store.answer(() => store.redis.get(store.key('answer', sent.id)));
      if (json !== null) return JSON.parse(json) as unknown;
      if (performance.now() > end) return undefined;
      await sleep(LOOK);
    }
  }

  /** What this worker answers, in plain JSON; undefined for a question that it leaves to others. */
  answerWith(answer: (question: unknown) => Promise<unknown>): void {
    this.#answer = answer;
  }

  /** Answers a question that was sent, if it is for this worker. The first answer counts. */
  async receive(message: string): Promise<void> {
    const store = this.#store;
    const { id, to, question } = JSON.parse(message) as Sent;
    if (this.#worker === undefined || !to.includes(this.#worker)) return;
    const answer = await this.#answer?.(question);
    if (answer === undefined) return;
    await store.answer(() =>
      store.redis.set(store.key('answer', id), JSON.stringify(answer), 'PX', KEPT, 'NX'),
    );
  }
}
