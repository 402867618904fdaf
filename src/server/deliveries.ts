import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** The answers that are being made and sent: when the server closes, the end of a job must still reach its watchers. */
export class Deliveries {
  readonly #underWay = new Set<Promise<unknown>>();

  /** Takes part in the closing until `delivery` is done; returns it. */
  add<T>(delivery: Promise<T>): Promise<T> {
    const done = delivery.catch(() => undefined).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    return delivery;
  }

  /** Resolves when nothing is under way any more, or after `time` milliseconds. */
  async settle(time: number): Promise<void> {
    await setImmediate(); // an event that has just been published is taken up before this
    const settled = new AbortController();
    const late = sleep(time, undefined, { signal: settled.signal }).catch(() => undefined);
    await Promise.race([this.#allDone(), late]);
    settled.abort();
  }

  async #allDone(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
