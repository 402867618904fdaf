import { randomUUID } from 'node:crypto';
import { isFinished, type Job, needsOf } from '../job.ts';
import { started as startedJob, waitOf } from '../lifecycle.ts';
import type { Claimant, JobSource, Lease } from '../queue.ts';
import type { Entries, Entry, LockTimes } from './entries.ts';
import type { WorkerRequest } from './events.ts';
import { RedisLease } from './lease.ts';
import type { MarkerWait } from './markers.ts';
import type { Claim, Row, StoredJob } from './record.ts';
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

/** Milliseconds for which a worker goes by what it has found about the needs of a job: its files may change. */
const ABLE = 1000;

/** What the script `take` answers. */
type Taken = [model: string, id: string, isStarted: 0 | 1, row?: Row | null];

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
  /** Needs that are met here, and until when that holds: of jobs with these, the script starts the next at once. */
  readonly #able = new Map<string, number>();
  #connectedAt = -Infinity;

  constructor(parts: RedisSourceParts) {
    this.#parts = parts;
    this.renewal = parts.lock.duration / 4;
  }

  async claim(claimant: Claimant): Promise<Lease | undefined> {
    const { store, entries, worker } = this.#parts;
    for (let round = 0; round < ROUNDS && worker.models.length > 0; round++) {
      const token = randomUUID();
      const { claim, at } = this.#claimOf(claimant);
      for (const [needs, end] of this.#able) if (end < performance.now()) this.#able.delete(needs);
      const able = ['', ...this.#able.keys(), ''].join('\n');
      const args = [
        token,
        claim,
        at,
        `${claimant.worker}:${claimant.device}`,
        able,
        Date.now(),
        ...worker.models,
      ];
      const taken = (await entries.take(worker.models, token, ['take', args])) as Taken | undefined;
      if (!taken) return undefined;
      const [model, id, isStarted, row] = taken;
      const entry = { id, model };
      const found = row ? store.read(row, id) : undefined;
      if (isStarted === 1 && found && found !== 'unreadable') return this.#lease(found, token);
      const lease = await this.#meet(entry, found, claimant, token);
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
    this.#able.set(needsOf(job), performance.now() + ABLE);
    const last = job.history.at(-1);
    if (last?.worker !== worker || (last.result !== 'FAILED' && last.result !== 'INTERRUPTED')) return 0;
    if (now >= (job.notBefore ?? last.endedAt ?? 0) + ELSEWHERE) return 0;
    return (await this.#parts.isServedElsewhere(worker, job.request.model)) ? RETRY : 0;
  }

  /** An entry that was fetched and was not started: starts its job, or settles why not. */
  async #meet(
    entry: Entry,
    found: StoredJob | 'unreadable' | undefined,
    claimant: Claimant,
    token: string,
  ): Promise<Lease | undefined> {
    const { store, entries } = this.#parts;
    if (found === 'unreadable') await entries.release(entry, token, UNFIT);
    else if (!found || isFinished(found.job.status)) await entries.end(entry, token);
    else if (found.job.status === 'RUNNING') {
      const next = await store.interrupt(found, token); // its worker is gone
      await (next ? entries.follow(entry, token, next) : entries.release(entry, token));
    } else {
      const wait = await this.#waitFor(found.job, claimant);
      if (wait > 0) await entries.release(entry, token, Math.max(wait, EARLY));
      else {
        const { job, revision } = found;
        const { claim, at } = this.#claimOf(claimant);
        if ((await store.run('claim', job.id, revision, token, claim, at)) === 1) {
          return this.#lease({ job: startedJob(job, claimant, at), revision: revision + 1 }, token);
        }
        await entries.release(entry, token); // it was canceled or got another priority just now
      }
    }
    return undefined;
  }

  #claimOf({ worker, device }: Claimant): { readonly claim: string; readonly at: number } {
    const at = this.#parts.store.now();
    return { claim: JSON.stringify({ worker, device, at } satisfies Claim), at };
  }

  /** The lease of a job that this token has started. */
  #lease({ job, revision }: Pick<StoredJob, 'job' | 'revision'>, token: string): Lease {
    const { store, entries } = this.#parts;
    const onEnd = (ended: RedisLease): void => {
      if (this.#leases.get(job.id) === ended) this.#leases.delete(job.id);
    };
    const lease = new RedisLease(job, { store, entries, token, revision, onEnd });
    this.#leases.set(job.id, lease);
    return lease;
  }
}
