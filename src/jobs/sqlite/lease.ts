import type { Job } from '../job.ts';
import { type JobEvent, type Lease, REPORTS_PER_REVISION, stateEvent, type StepReport } from '../queue.ts';
import { Viewers } from '../viewers.ts';
import type { JobDatabase } from './database.ts';
import type { StoredJob } from './store.ts';

/** Where a lease reports and finishes. */
interface Records {
  readonly db: Pick<JobDatabase, 'write'>;
  readonly live: {
    tell(event: JobEvent): void;
    change(stored: StoredJob, next: Job): Job;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A running job of this process. */
export class SqliteLease implements Lease {
  readonly job: Job;
  /** The last event of this attempt. */
  event: JobEvent;
  readonly viewers = new Viewers();
  readonly #records: Records;
  readonly #stored: StoredJob;
  readonly #over = new AbortController();
  #reports = 0;
  #isFinished = false;

  constructor(stored: StoredJob, records: Records) {
    this.#records = records;
    this.#stored = stored;
    this.job = stored.job;
    this.event = stateEvent(this.job, {
      sequence: stored.revision * REPORTS_PER_REVISION,
      at: this.job.startedAt ?? this.job.createdAt,
    });
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The job with its progress. */
  current(): Job {
    return this.event.job;
  }

  report(job: Job, step?: StepReport): void {
    if (this.signal.aborted || this.#isFinished) return;
    const sequence = this.#stored.revision * REPORTS_PER_REVISION + ++this.#reports;
    const facts = { job, sequence, at: this.#records.now() };
    const preview = 'preview' in this.event ? this.event.preview : null;
    this.event = step ? { type: 'step', ...facts, ...step } : { type: 'stage', ...facts, preview };
    this.#records.live.tell(this.event);
  }

  async finish(next: Job): Promise<boolean> {
    await this.#records.db.write(() => {
      if (this.signal.aborted || this.#isFinished) return;
      this.#records.live.change(this.#stored, next);
      this.#isFinished = true;
    });
    return !this.signal.aborted;
  }

  /** Nothing that its holder does counts from now on. */
  end(reason: Error): void {
    this.#over.abort(reason);
  }
}
