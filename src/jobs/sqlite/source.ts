import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, started } from '../lifecycle.ts';
import type { Log } from '../log.ts';
import type { Claimant, JobSource, Lease } from '../queue.ts';
import { SqliteLease } from './lease.ts';
import type { SqliteQueue } from './queue.ts';
import type { JobStore } from './store.ts';

/** Collaborators and settings of SqliteSource. */
export interface SqliteSourceParts {
  readonly store: JobStore;
  readonly queue: SqliteQueue;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The longest that `available` waits, in milliseconds. */
const PATIENCE = 2000;

/** JobSource for the one process that uses the database. A lease lasts as long as the process. */
export class SqliteSource implements JobSource {
  readonly renewal = null;
  readonly #parts: SqliteSourceParts;
  /** The queue's wakes when a claim last found nothing: a job that came after it must not be overlooked. */
  #emptyAt = -1;

  /** Gives out again what ran when an earlier process ended. */
  constructor(parts: SqliteSourceParts) {
    this.#parts = parts;
    const { store, queue, log, now } = parts;
    store.skipUnwrittenEvents();
    for (const stored of store.withStatus('RUNNING')) {
      const next = queue.change(stored, interrupted(stored.job, now()));
      const { id: jobId, attempts, status } = next;
      log.warn({ jobId, attempts, status }, 'job interrupted by the end of the server');
    }
  }

  claim(claimant: Claimant): Promise<Lease | undefined> {
    return new Promise((resolve) => {
      resolve(this.#claim(claimant));
    });
  }

  available(signal: AbortSignal): Promise<void> {
    const { store, queue, now } = this.#parts;
    if (queue.wakes !== this.#emptyAt) return Promise.resolve();
    const wait = Math.min(PATIENCE, Math.max(0, (store.nextStart(now()) ?? Infinity) - now()));
    return new Promise((resolve) => {
      const over = new AbortController();
      const stopListening = queue.onWake(() => {
        over.abort();
      });
      void sleep(wait, undefined, { signal: AbortSignal.any([signal, over.signal]) })
        .catch(() => undefined)
        .then(() => {
          stopListening();
          resolve();
        });
    });
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  recover(): Promise<void> {
    return Promise.resolve();
  }

  #claim(claimant: Claimant): Lease | undefined {
    const { store, queue, now } = this.#parts;
    for (const stored of store.runnable(now())) {
      if (claimant.whyNot(stored.job) !== null) continue;
      const job = started(stored.job, claimant, now());
      const changed = store.change(stored, job);
      if (!changed) continue;
      const lease = new SqliteLease(changed, queue, now);
      queue.hold(lease);
      queue.publish(changed);
      return lease;
    }
    this.#emptyAt = queue.wakes;
    return undefined;
  }
}
