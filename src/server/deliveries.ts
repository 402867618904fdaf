import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** Answers in progress: when the server closes, a job's terminal event must still reach its subscribers. */
export class Deliveries {
  readonly #underWay = new Set<Promise<unknown>>();

  /** Delays closing until `delivery` is done; returns it. */
  add<T>(delivery: Promise<T>): Promise<T> {
    const done = delivery.catch(() => undefined).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    return delivery;
  }

  /** Resolves when no delivery is in progress, or after `time` milliseconds. */
  async settle(time: number): Promise<void> {
    await setImmediate(); // deliveries of an event published just now begin first
    const settled = new AbortController();
    const late = sleep(time, undefined, { signal: settled.signal }).catch(() => undefined);
    await Promise.race([this.#allDone(), late]);
    settled.abort();
  }

  async #allDone(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
