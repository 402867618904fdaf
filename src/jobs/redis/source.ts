import { randomUUID } from 'node:crypto';
import { isFinished, type Job } from '../job.ts';
import { started as startedJob, waitOf } from '../lifecycle.ts';
import type { Claimant, JobSource, Lease } from '../queue.ts';
import type { Entries, Entry, LockTimes } from './entries.ts';
import type { WorkerRequest } from './events.ts';
import { RedisLease } from './lease.ts';
import type { MarkerWait } from './markers.ts';
import { type Claim, type Row, type StoredJob, storedFrom } from './record.ts';
import type { Command } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** Milliseconds for which a job that this worker cannot run is left to others. */
const UNFIT = 5000;

/** The same of a job whose files another worker has: it comes back often, until that one is free. */
const OTHER_FILES = 250;

/** Milliseconds for which a job that failed here is left to others behind its backoff, and between two looks at it. */
const ELSEWHERE = 10_000;
const RETRY = 1000;

/** Milliseconds in which every process connects again to a Redis that was away. */
const RECONNECTING = 1000;

/** Entries that one claim clears away before it gives the loop to others. */
const ROUNDS = 100;

/** Milliseconds for which a job that came too early is set aside at least, so that it does not hide the others. */
const EARLY = 20;

/** Collaborators and settings of RedisSource. */
export interface RedisSourceParts {
  readonly store: RedisStore;
  readonly entries: Entries;
  readonly markers: MarkerWait;
  readonly lock: LockTimes;
  /** Whose jobs this process takes now. */
  readonly worker: {
    readonly models: readonly string[];
    readonly isForOthers?: (job: Job) => Promise<boolean>;
  };
  /** Whether another worker than this one has a model. */
  readonly isServedElsewhere: (worker: string, model: string) => Promise<boolean>;
}

/** JobSource on Redis: hands out the jobs of this worker's models. */
export class RedisSource implements JobSource {
  readonly renewal: number;
  readonly #parts: RedisSourceParts;
  readonly #leases = new Map<string, RedisLease>();
  #connectedAt = -Infinity;

  constructor(parts: RedisSourceParts) {
    this.#parts = parts;
    this.renewal = parts.lock.duration / 4;
  }

  async claim(claimant: Claimant): Promise<Lease | undefined> {
    const { store, entries, worker } = this.#parts;
    let candidates = worker.models;
    for (let round = 0; round < ROUNDS && candidates.length > 0; round++) {
      const head = await store.run<[string, Row | null] | null>('heads', Date.now(), ...candidates);
      if (!head) return undefined;
      const [model, row] = head;
      const token = randomUUID();
      const stored = row && storedFrom(row);
      const isFit = stored?.job.status === 'QUEUED' && (await this.#waitFor(stored.job, claimant)) === 0;
      const start = isFit ? this.#start(stored, claimant, token) : undefined;
      const fetched = await entries.fetch(model, token, start?.claim ?? ['claim', ['', 0, token, '', 0]]);
      if (!fetched) {
        // Taken by another worker, or BullMQ hands out no more of this model now.
        candidates = candidates.filter((one) => one !== model);
        continue;
      }
      if (fetched.answer === 1) return start!.lease();
      const entry = { id: fetched.id, model };
      const lease = await this.#meet(entry, fetched.answer as Row | null, claimant, token);
      if (lease) return lease;
    }
    return undefined;
  }

  available(signal: AbortSignal): Promise<void> {
    return this.#parts.markers.next(signal);
  }

  async renew(leases: readonly Lease[]): Promise<void> {
    const ours = leases.filter((lease): lease is RedisLease => lease instanceof RedisLease);
    if (ours.length === 0) return;
    const args = ours.flatMap(({ job, revision, token }) => [job.id, job.request.model, revision, token]);
    const lost = new Set(await this.#parts.store.run<string[]>('renew', this.#parts.lock.duration, ...args));
    for (const lease of ours) if (lost.has(lease.job.id)) lease.lose();
  }

  /** The connection was away. */
  reconnected(): void {
    this.#connectedAt = performance.now();
  }

  /** Renews every lease: their locks may have expired while the connection was away. */
  async renewAll(): Promise<void> {
    await this.renew([...this.#leases.values()]);
  }

  async recover(): Promise<void> {
    // Others may have been away as well: their locks come back first.
    if (performance.now() - this.#connectedAt < RECONNECTING) return;
    await this.#parts.entries.recoverStalled(this.#parts.worker.models);
  }

  /** Does what is asked about a job, if it runs here. */
  obey(request: WorkerRequest): void {
    const lease = this.#leases.get(request.id);
    if ('stop' in request) lease?.stop('the job was canceled', request.stop);
    else lease?.viewers.want(request.wish);
  }

  /** Milliseconds for which a job must not start here; 0 if it may. */
  async #waitFor(job: Job, { worker, whyNot }: Claimant): Promise<number> {
    const now = this.#parts.store.now();
    const wait = waitOf(job, now);
    if (wait > 0) return wait;
    if (whyNot(job) !== null) return UNFIT;
    if (await this.#parts.worker.isForOthers?.(job)) return OTHER_FILES;
    const last = job.history.at(-1);
    if (last?.worker !== worker || (last.result !== 'FAILED' && last.result !== 'INTERRUPTED')) return 0;
    if (now >= (job.notBefore ?? last.endedAt ?? 0) + ELSEWHERE) return 0;
    return (await this.#parts.isServedElsewhere(worker, job.request.model)) ? RETRY : 0;
  }

  /** An entry that was fetched, with the row of its record: starts its job, or settles why not. */
  async #meet(entry: Entry, row: Row | null, claimant: Claimant, token: string): Promise<Lease | undefined> {
    const { store, entries } = this.#parts;
    const found = row ? store.read(row, entry.id) : undefined;
    if (found === 'unreadable') await entries.release(entry, token, UNFIT);
    else if (!found || isFinished(found.job.status)) await entries.end(entry, token);
    else if (found.job.status === 'RUNNING') {
      const next = await store.interrupt(found, token); // its worker is gone
      await (next ? entries.follow(entry, token, next) : entries.release(entry, token));
    } else {
      const wait = await this.#waitFor(found.job, claimant);
      if (wait > 0) await entries.release(entry, token, Math.max(wait, EARLY));
      else {
        const { claim, lease } = this.#start(found, claimant, token);
        if ((await store.run(claim[0], ...claim[1])) === 1) return lease();
        await entries.release(entry, token); // it was canceled or got another priority just now
      }
    }
    return undefined;
  }

  /** The script that starts a job, and the lease of it once it has. */
  #start(
    { job, revision }: StoredJob,
    { worker, device }: Claimant,
    token: string,
  ): {
    readonly claim: Command;
    readonly lease: () => Lease;
  } {
    const { store, entries } = this.#parts;
    const claim: Claim = { worker, device, at: store.now() };
    const lease = (): Lease => {
      const onEnd = (ended: RedisLease): void => {
        if (this.#leases.get(job.id) === ended) this.#leases.delete(job.id);
      };
      const parts = { store, entries, token, revision: revision + 1, onEnd };
      const started = new RedisLease(startedJob(job, claim, claim.at), parts);
      this.#leases.set(job.id, started);
      return started;
    };
    return { claim: ['claim', [job.id, revision, token, JSON.stringify(claim), claim.at]], lease };
  }
}
