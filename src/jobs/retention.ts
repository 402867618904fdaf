import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Log } from './log.ts';
import type { JobQueue } from './ports.ts';

/** What retention works with. */
export interface RetentionParts {
  readonly jobs: Pick<JobQueue, 'expire' | 'objectUses'>;
  readonly objects: Pick<ObjectStore, 'delete' | 'list'>;
  /** Milliseconds for which jobs that have ended are kept; 0: for ever. */
  readonly retention: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic?: () => number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Jobs and objects that are dealt with in one go. */
const BATCH = 100;

/** An object that was put so lately belongs to a job that is just being accepted or stored. */
const IN_USE = 600_000;

/** How far the clock may run from the time that has passed before it counts as set. */
const TOLERANCE = HOUR;

/** Forgets jobs that ended long ago, with their images, and removes objects that no job has come to refer to. */
export class Retention {
  readonly #parts: Required<RetentionParts>;
  readonly #stopping = new AbortController();
  #lastPass: { readonly now: number; readonly monotonic: number } | undefined;
  #working: Promise<void> | undefined;

  constructor(parts: RetentionParts) {
    this.#parts = { now: Date.now, monotonic: () => performance.now(), ...parts };
  }

  /** Does a pass every hour (or ten times per retention, if that is shorter), and a sweep every day. */
  start(): void {
    if (this.#parts.retention > 0) this.#working = this.#work();
  }

  /** Ends the work; nothing is used any more when it resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  /**
   * Removes what ended before the retention. A clock that has been set forward since the last pass is not believed until the
   * next one, so that a moment's wrong time does not empty the server.
   */
  async pass(): Promise<void> {
    const { jobs, objects, retention, log, now, monotonic } = this.#parts;
    const time = { now: now(), monotonic: monotonic() };
    const last = this.#lastPass ?? time;
    this.#lastPass = time;
    const setBy = time.now - last.now - (time.monotonic - last.monotonic);
    if (setBy > TOLERANCE) {
      log.warn({ setBy }, 'the clock was set forward; nothing is removed until it has proved right');
      return;
    }
    const removed = { jobs: 0, objects: 0 };
    let full = true;
    while (full && !this.#stopping.signal.aborted) {
      const expired = await jobs.expire(time.now - retention, BATCH);
      for (const sha256 of expired.objects) await objects.delete(sha256, time.now - IN_USE);
      removed.jobs += expired.jobs.length;
      removed.objects += expired.objects.length;
      full = expired.jobs.length === BATCH;
    }
    if (removed.jobs > 0) log.info(removed, 'expired jobs removed');
  }

  /** Removes old objects that no job refers to: sources of jobs that were refused, images of runs that were killed. */
  async sweep(): Promise<void> {
    const { objects, retention, log, now } = this.#parts;
    const oldest = now() - Math.max(retention, IN_USE);
    let removed = 0;
    let batch: string[] = [];
    const removeUnused = async () => {
      removed += await this.#removeUnused(batch, oldest);
      batch = [];
    };
    for await (const { sha256, putAt } of objects.list()) {
      if (this.#stopping.signal.aborted) return;
      if (putAt < oldest) batch.push(sha256);
      if (batch.length === BATCH) await removeUnused();
    }
    await removeUnused();
    if (removed > 0) log.info({ objects: removed }, 'objects that no job refers to removed');
  }

  async #removeUnused(hashes: string[], oldest: number): Promise<number> {
    const { jobs, objects } = this.#parts;
    const uses = await jobs.objectUses(hashes);
    const unused = hashes.filter((_, i) => uses[i] !== 'used');
    for (const sha256 of unused) await objects.delete(sha256, oldest);
    return unused.length;
  }

  async #work(): Promise<void> {
    const { retention, monotonic } = this.#parts;
    const pause = Math.min(HOUR, retention / 10);
    const options = { signal: this.#stopping.signal, ref: false };
    let nextSweep = monotonic();
    // The first pass comes after a pause too: a machine may start with a wrong clock and set it later.
    while (await sleep(pause, true, options).catch(() => false)) {
      await this.#attempt(() => this.pass());
      if (monotonic() < nextSweep) continue;
      nextSweep = monotonic() + DAY;
      await this.#attempt(() => this.sweep());
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.#parts.log.error({ err: error }, 'what has expired could not be removed; this is tried again');
    });
  }
}
