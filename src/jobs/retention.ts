import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '../storage/object-store.ts';
import { ClockGuard, type ClockMark } from './clock-guard.ts';
import type { Log } from './log.ts';
import type { JobQueue, ObjectUse } from './queue.ts';

/** Collaborators and settings of retention. */
export interface RetentionParts {
  readonly queue: Pick<JobQueue, 'expire' | 'expireUploads' | 'objectUses'>;
  readonly objects: Pick<ObjectStore, 'delete' | 'list'>;
  readonly mark: ClockMark;
  /** Milliseconds for which jobs that have ended are kept; 0: forever. */
  readonly retention: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic?: () => number;
}

/** How retention gets on, for metrics. */
export interface RetentionState {
  /** When a pass was last completed, milliseconds since the epoch; null: none yet. */
  readonly lastPass: number | null;
  /** Seconds by which the next complete pass is late. */
  readonly lagSeconds: number;
  /** Jobs removed since the start. */
  readonly removed: number;
  /** Whether the last sweep removed nothing because the job database seems to be lost. */
  readonly sweepRefused: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Milliseconds for which an uploaded picture is kept that no job uses, from its upload or last use on. */
export const UPLOAD_LIFETIME = DAY;

/** An object that was put so lately belongs to a job that is just being accepted or stored. */
const IN_USE = 600_000;

/** Objects without a job beyond which a sweep asks whether the jobs are lost. */
const MANY = 100;

const JOBS_LOST =
  'no job refers to most of the stored objects: the job database may be lost, so none is removed. Restore a backup ' +
  '(latentql restore), or remove them (latentql check --remove-unreferenced)';

/** Forgets jobs that ended long ago, with their images, and removes objects that no job has come to refer to. */
export class Retention {
  readonly #parts: Required<RetentionParts>;
  readonly #clock: ClockGuard;
  readonly #stopping = new AbortController();
  /** When the last complete pass ended, or this was made. */
  #completed: number;
  #state: Omit<RetentionState, 'lagSeconds'> = { lastPass: null, removed: 0, sweepRefused: false };
  #removing: Promise<unknown> = Promise.resolve();
  #working: Promise<void> | undefined;

  constructor(parts: RetentionParts) {
    this.#parts = { now: Date.now, monotonic: () => performance.now(), ...parts };
    this.#clock = new ClockGuard({ ...this.#parts, holding: Math.min(DAY, parts.retention || DAY) });
    this.#completed = this.#parts.monotonic();
  }

  get state(): RetentionState {
    const late = this.#parts.monotonic() - this.#completed - this.#pause;
    return { ...this.#state, lagSeconds: this.#parts.retention === 0 ? 0 : Math.max(0, late / 1000) };
  }

  /**
   * Does a pass every hour (or ten times per retention, if that is shorter), and a sweep every day. Where jobs are kept for
   * ever it removes unused uploads alone.
   */
  start(): void {
    this.#working = this.#work();
  }

  /** Ends the work; nothing is used any more when it resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    await this.#removing;
  }

  /** Removes nothing while `work` runs. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#removing.then(work);
    this.#removing = result.catch(() => undefined);
    return result;
  }

  /** Deletes objects that a removed job alone referred to, unless they were put again lately; a sweep removes what stays. */
  removeObjects(sha256s: readonly string[]): Promise<void> {
    return this.hold(() => deleteObjects(this.#parts.objects, sha256s, this.#parts.now() - IN_USE));
  }

  /** Removes what ended before the retention, and unused uploads, by a time that the clock guard believes. */
  async pass(): Promise<void> {
    const { queue, retention, log, monotonic } = this.#parts;
    const time = await this.#clock.time();
    const jobs = { count: 0, objects: 0 };
    if (retention > 0) {
      await this.#removeAll(time, jobs, async () => {
        const expired = await queue.expire(time - retention, BATCH);
        this.#state = { ...this.#state, removed: this.#state.removed + expired.jobs.length };
        return { count: expired.jobs.length, objects: expired.objects };
      });
    }
    const uploads = { count: 0, objects: 0 };
    await this.#removeAll(time, uploads, () => queue.expireUploads(time - UPLOAD_LIFETIME, BATCH));
    if (this.#stopping.signal.aborted) return;
    this.#completed = monotonic();
    this.#state = { ...this.#state, lastPass: this.#parts.now() };
    if (jobs.count > 0) log.info({ jobs: jobs.count, objects: jobs.objects }, 'expired jobs removed');
    if (uploads.count > 0) log.info({ uploads: uploads.count }, 'unused uploads removed');
  }

  /** Calls `expire` until it finds no full batch, deletes what it gives up, and counts. */
  async #removeAll(
    time: number,
    removed: { count: number; objects: number },
    expire: () => Promise<{ readonly count: number; readonly objects: readonly string[] }>,
  ): Promise<void> {
    const { objects, monotonic } = this.#parts;
    for (let found = BATCH, start = monotonic(); found === BATCH;) {
      await sleep(monotonic() - start); // others get the event loop and the disk for half of the time
      start = monotonic();
      if (this.#stopping.signal.aborted) return;
      const expired = await this.hold(async () => {
        const batch = await expire();
        await deleteObjects(objects, batch.objects, time - IN_USE);
        return batch;
      });
      found = expired.count;
      removed.count += expired.count;
      removed.objects += expired.objects.length;
    }
  }

  /**
   * Removes old objects that no job refers to: sources of jobs that were refused, images of runs that were killed. It counts
   * first: where the jobs know nothing of most objects, they are lost, and the objects are all that is left of them.
   */
  async sweep(): Promise<void> {
    const { queue, objects, retention, log } = this.#parts;
    const oldest = (await this.#clock.time()) - Math.max(retention, IN_USE);
    const found = { old: 0, unknown: 0 };
    for await (const { uses } of oldObjects(this.#parts, oldest)) {
      if (this.#stopping.signal.aborted) return;
      found.old += uses.length;
      found.unknown += uses.filter((use) => use === 'unknown').length;
    }
    const sweepRefused = found.unknown > MANY && found.unknown > found.old / 2;
    this.#state = { ...this.#state, sweepRefused };
    if (sweepRefused) {
      log.error(found, JOBS_LOST);
      return;
    }
    let removed = 0;
    for await (const { hashes } of oldObjects(this.#parts, oldest)) {
      if (this.#stopping.signal.aborted) return;
      removed += await this.hold(async () => {
        const uses = await queue.objectUses(hashes); // again: it may have waited
        const unused = hashes.filter((_, i) => uses[i] !== 'used');
        await deleteObjects(objects, unused, oldest);
        return unused.length;
      });
    }
    if (removed > 0) log.info({ objects: removed }, 'objects that no job refers to removed');
  }

  get #pause(): number {
    return Math.min(HOUR, (this.#parts.retention || UPLOAD_LIFETIME) / 10);
  }

  async #work(): Promise<void> {
    const options = { signal: this.#stopping.signal, ref: false };
    let nextSweep = this.#parts.monotonic();
    // The first pass comes after a pause too: a machine may start with a wrong clock and set it later.
    while (await sleep(this.#pause, true, options).catch(() => false)) {
      await this.#attempt(() => this.pass());
      if (this.#parts.retention === 0 || this.#parts.monotonic() < nextSweep) continue;
      nextSweep = this.#parts.monotonic() + DAY;
      await this.#attempt(() => this.sweep());
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.#parts.log.error({ err: error }, 'retention failed; what has expired is removed by the next pass');
    });
  }
}

/** Jobs or objects that are dealt with between two turns of the event loop. */
const BATCH = 16;

/** Objects that are deleted at a time. */
const PARALLEL = 4;

/**
 * The objects that were last put before a time (milliseconds since the epoch), in batches, with what each is to the jobs, and
 * a turn of the event loop between two batches.
 */
export async function* oldObjects(
  { objects, queue }: { objects: Pick<ObjectStore, 'list'>; queue: Pick<JobQueue, 'objectUses'> },
  putBefore: number,
): AsyncGenerator<{ readonly hashes: readonly string[]; readonly uses: readonly ObjectUse[] }> {
  let hashes: string[] = [];
  for await (const { sha256, putAt } of objects.list()) {
    if (putAt < putBefore) hashes.push(sha256);
    if (hashes.length < BATCH) continue;
    yield { hashes, uses: await queue.objectUses(hashes) };
    hashes = [];
    await nextTurn();
  }
  if (hashes.length > 0) yield { hashes, uses: await queue.objectUses(hashes) };
}

/** Deletes what was last put before a time, a few at a time. */
export async function deleteObjects(
  objects: Pick<ObjectStore, 'delete'>,
  sha256s: readonly string[],
  putBefore: number,
): Promise<void> {
  const left = [...sha256s];
  const deleteNext = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await objects.delete(next, putBefore);
  };
  await Promise.all(Array.from({ length: PARALLEL }, deleteNext));
}
