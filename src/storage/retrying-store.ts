import { setTimeout as sleep } from 'node:timers/promises';
import { mustBeHash } from './hash.ts';
import {
  StorageFullError,
  StorageUnavailableError,
  type ObjectStore,
  type StoredBytes,
} from './object-store.ts';

/** Milliseconds to the first retry; each further pause is twice as long. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Milliseconds after which a call gives up. */
const PATIENCE = 300_000;

/** Collaborators and settings of RetryingStore. */
export interface RetryingStoreParts {
  readonly store: ObjectStore;
  readonly log: {
    info(facts: object, message: string): void;
    error(facts: object, message: string): void;
  };
  /** Milliseconds of a monotonic clock. */
  readonly monotonic?: () => number;
  /** Resolves after `milliseconds`. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/**
 * An object store whose calls survive an outage of some minutes: they are retried for five minutes, then throw
 * StorageUnavailableError. A full store is reported at once. `list` and `check` are not retried.
 */
export class RetryingStore implements ObjectStore {
  readonly #parts: Required<RetryingStoreParts>;
  #errors = 0;
  #failingSince: number | undefined;

  constructor(parts: RetryingStoreParts) {
    this.#parts = { monotonic: () => performance.now(), pause: sleep, ...parts };
  }

  /** Failed attempts so far, retries included. */
  get errors(): number {
    return this.#errors;
  }

  put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }> {
    return this.#retry('put', () => this.#parts.store.put(bytes));
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    mustBeHash(sha256);
    return this.#retry('get', () => this.#parts.store.get(sha256));
  }

  /** Only opening is retried, not reading. */
  async open(sha256: string): Promise<StoredBytes | undefined> {
    mustBeHash(sha256);
    return this.#retry('open', () => this.#parts.store.open(sha256));
  }

  async has(sha256: string): Promise<boolean> {
    mustBeHash(sha256);
    return this.#retry('has', () => this.#parts.store.has(sha256));
  }

  async delete(sha256: string, putBefore?: number): Promise<boolean> {
    mustBeHash(sha256);
    return this.#retry('delete', () => this.#parts.store.delete(sha256, putBefore));
  }

  list(): AsyncIterable<{ readonly sha256: string; readonly putAt: number }> {
    return this.#parts.store.list();
  }

  check(): Promise<void> {
    return this.#parts.store.check();
  }

  async #retry<T>(call: string, work: () => Promise<T>): Promise<T> {
    const { monotonic, pause } = this.#parts;
    const start = monotonic();
    for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      try {
        const result = await work();
        this.#noteSuccess();
        return result;
      } catch (error) {
        if (error instanceof StorageFullError) throw error;
        this.#noteFailure(call, error);
        if (monotonic() - start + wait > PATIENCE) throw unavailable(call, monotonic() - start, error);
      }
      await pause(wait);
    }
  }

  #noteFailure(call: string, error: unknown): void {
    this.#errors++;
    if (this.#failingSince !== undefined) return;
    this.#failingSince = this.#parts.monotonic();
    this.#parts.log.error(
      { call, err: error },
      'the object store failed; its calls are retried for five minutes',
    );
  }

  #noteSuccess(): void {
    if (this.#failingSince === undefined) return;
    const seconds = Math.round((this.#parts.monotonic() - this.#failingSince) / 1000);
    this.#failingSince = undefined;
    this.#parts.log.info({ seconds, errors: this.#errors }, 'the object store works again');
  }
}

function unavailable(call: string, time: number, cause: unknown): StorageUnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const seconds = Math.round(time / 1000);
  return new StorageUnavailableError(`the object store's ${call} has failed for ${seconds} s: ${reason}`, {
    cause,
  });
}
