import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './connection.ts';

/** Milliseconds for which a worker waits for a marker at most. */
const WAIT = 2000;

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
    const end = sleep(milliseconds, undefined, { ref: false });
    const late = sleep(milliseconds + 1000, 'late' as const, { ref: false });
    const seconds = Math.max(0.01, milliseconds / 1000);
    const keys = this.#keys();
    const first = this.#turn % keys.length; // the first one that is not empty wins
    const inTurn = [...keys.slice(first), ...keys.slice(0, first)];
    try {
      const popped = await Promise.race([this.#client.bzpopmin(inTurn, seconds), late]);
      if (popped !== 'late') return popped;
      if (!this.#closed) this.#client.disconnect(true);
    } catch {
      if (!this.#closed) await end; // not at once again
    }
    return null;
  }
}
