import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, started } from '../lifecycle.ts';
import type { Claimant, JobSource, Lease } from '../queue.ts';
import { SqliteLease, type SqliteParts } from './live-jobs.ts';

/** The longest that `available` waits, in milliseconds. */
const PATIENCE = 2000;

/** JobSource for the one process that uses the database. A lease lasts as long as the process. */
export class SqliteSource implements JobSource {
  readonly renewal = null;
  readonly #parts: SqliteParts;
  /** The wakes when a claim last found nothing: a job that came after it must not be overlooked. */
  #emptyAt = -1;

  /** Gives out again what ran when an earlier process ended. */
  constructor(parts: SqliteParts) {
    this.#parts = parts;
    const { store, live, log, now } = parts;
    store.skipUnwrittenEvents();
    for (const stored of store.withStatus('RUNNING')) {
      const next = live.change(stored, interrupted(stored.job, now()));
      const { id: jobId, attempts, status } = next;
      log.warn({ jobId, attempts, status }, 'job interrupted by a server stop');
    }
  }

  claim(claimant: Claimant): Promise<Lease | undefined> {
    return this.#parts.db.write(() => this.#claim(claimant));
  }

  #claim(claimant: Claimant): SqliteLease | undefined {
    const { db, store, live, now } = this.#parts;
    for (const stored of store.runnable(now())) {
      if (claimant.whyNot(stored.job) !== null) continue;
      const changed = store.change(stored, started(stored.job, claimant, now()));
      if (!changed) continue;
      const lease = new SqliteLease(changed, { db, live, now });
      live.run(lease);
      return lease;
    }
    this.#emptyAt = live.wakes;
    return undefined;
  }

  async available(signal: AbortSignal): Promise<void> {
    const { store, live, now } = this.#parts;
    if (live.wakes !== this.#emptyAt) return;
    const wait = Math.min(PATIENCE, Math.max(0, (store.nextStart(now()) ?? Infinity) - now()));
    const woken = new AbortController();
    const stopListening = live.onWake(() => {
      woken.abort();
    });
    await sleep(wait, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined);
    stopListening();
  }

  /** Leases need no renewal. */
  renew(): Promise<void> {
    return Promise.resolve();
  }

  /** Nobody else takes jobs; those that wait for their time are looked at by each claim. */
  recover(): Promise<void> {
    return Promise.resolve();
  }
}
