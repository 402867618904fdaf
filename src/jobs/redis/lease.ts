import { isFinished, type Job } from '../job.ts';
import { StopRequest } from '../lifecycle.ts';
import {
  type JobEvent,
  type Lease,
  progressEvent,
  REPORTS_PER_REVISION,
  stateEvent,
  type StepReport,
} from '../queue.ts';
import { Viewers } from '../viewers.ts';
import type { Entries, Entry } from './entries.ts';
import { encodeReport } from './record.ts';
import type { RedisStore } from './store.ts';

/** Reports on their way to Redis at a time; beyond, waiting steps give way to newer ones. */
const IN_FLIGHT = 4;

/** Milliseconds between two steps that are kept for late subscribers, and for which they outlive the worker. */
const KEEPING = 500;
const LIFETIME = 600_000;

/** Collaborators and settings of RedisLease. */
export interface RedisLeaseParts {
  readonly store: RedisStore;
  readonly entries: Entries;
  /** Names the lock. */
  readonly token: string;
  /** Of the record while the job runs. */
  readonly revision: number;
  readonly onEnd: (lease: RedisLease) => void;
}

/** A running job in the hands of this process, as long as its record is at the lease's revision. */
export class RedisLease implements Lease {
  readonly job: Job;
  readonly token: string;
  readonly revision: number;
  readonly viewers = new Viewers();
  readonly #parts: RedisLeaseParts;
  readonly #controller = new AbortController();
  readonly #waiting: JobEvent[] = [];
  #last: JobEvent;
  #inFlight = 0;
  #keptAt = -Infinity;
  #isOver = false;
  #isReported = false;

  constructor(job: Job, parts: RedisLeaseParts) {
    this.job = job;
    this.token = parts.token;
    this.revision = parts.revision;
    this.#parts = parts;
    const sequence = parts.revision * REPORTS_PER_REVISION;
    this.#last = stateEvent(job, { sequence, at: parts.store.now() });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  report(job: Job, step?: StepReport): void {
    if (this.#isOver) return;
    const event = progressEvent(this.#last, job, this.#parts.store.now(), step);
    this.#last = event;
    if (this.#inFlight < IN_FLIGHT) void this.#send(event);
    else {
      const outdated = step ? this.#waiting.findIndex(({ type }) => type === 'step') : -1;
      if (outdated >= 0) this.#waiting.splice(outdated, 1);
      this.#waiting.push(event);
    }
  }

  /** Ending a job removes its entry; an entry left behind stalls, and the worker that fetches it reads the record. */
  async finish(next: Job): Promise<boolean> {
    const { store, entries, revision, token } = this.#parts;
    const entry = { id: this.job.id, model: this.job.request.model };
    const isEnd = isFinished(next.status);
    const change = { revision, next, write: `${token} end` };
    const changed = await (isEnd
      ? store.change(change, ([, args]) => entries.endWith(['finish', args], entry, token))
      : store.change(change));
    if (changed) this.end();
    else this.lose();
    if (!changed) await this.#release(entry);
    else if (!isEnd) await entries.follow(entry, token, next);
    return changed;
  }

  /** Asks the handler to stop. */
  stop(message: string, { immediately }: { immediately: boolean }): void {
    this.#controller.abort(new StopRequest(message, { immediately }));
  }

  /** The job is no longer this lease's. */
  lose(): void {
    if (this.#isOver) return;
    this.end();
    this.stop('the job was canceled or given to another worker', { immediately: true });
  }

  /** Reports nothing any more. */
  end(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#parts.onEnd(this);
  }

  /** Another has changed the job: its entry goes with the record, where it is still locked for this lease. */
  async #release(entry: Entry): Promise<void> {
    const { store, entries, token } = this.#parts;
    const found = await store.find(entry.id);
    await entries.follow(entry, token, typeof found === 'string' ? undefined : found.job);
  }

  async #send(event: JobEvent): Promise<void> {
    const { store } = this.#parts;
    const { id } = event.job;
    this.#inFlight++;
    try {
      const lifetime = this.#isToBeKept(event) ? LIFETIME : 0;
      const args = [id, this.revision, encodeReport(event), lifetime];
      if ((await store.run<number>('report', ...args)) === 0) this.lose();
    } catch (error) {
      if (!this.#isOver && !this.#isReported)
        store.log.warn({ jobId: id, err: error }, 'progress report was lost');
      this.#isReported = true;
    }
    this.#inFlight--;
    const next = this.#waiting.shift();
    if (next) void this.#send(next);
  }

  #isToBeKept({ type }: JobEvent): boolean {
    const time = performance.now();
    if (type === 'step' && time - this.#keptAt < KEEPING) return false;
    if (type === 'step') this.#keptAt = time;
    return true;
  }
}
