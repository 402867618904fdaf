import type { EmbeddedEvents } from './embedded-events.ts';
import type { JobTable } from './embedded-table.ts';
import { INTERRUPTED, MAX_ATTEMPTS } from './failures.ts';
import type { Job, JobStatus } from './job.ts';
import { stateEvent } from './job-event.ts';
import type { Log } from './log.ts';
import type { JobAbsence, JobRun } from './ports.ts';
import { RunningJob } from './running-job.ts';
import { failed, putBack, started } from './transitions.ts';
import { WaitingLine } from './waiting-line.ts';

/** What a board works with. */
export interface JobBoardParts {
  readonly table: JobTable;
  readonly events: EmbeddedEvents;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A job in the hands of a handler. */
export interface Claim {
  readonly progress: RunningJob;
  readonly controller: AbortController;
}

/**
 * All jobs as they stand: their rows, and in memory the order of the waiting ones and the progress of the running one.
 * A change is written first, then taken over into memory, then told; everything is synchronous, so that the three agree.
 */
export class JobBoard {
  readonly #table: JobTable;
  readonly #events: EmbeddedEvents;
  readonly #now: () => number;
  readonly #line = new WaitingLine();
  #claim: Claim | undefined;

  /** Takes up what an earlier process left: jobs that ran when it died wait again, unless that was their last attempt. */
  constructor({ table, events, log, now }: JobBoardParts) {
    this.#table = table;
    this.#events = events;
    this.#now = now;
    table.transaction(() => {
      table.skipUnwrittenEvents();
      for (const job of table.withStatus('RUNNING')) {
        const again = job.attempts < MAX_ATTEMPTS;
        const next = again ? putBack(job, { counted: true }) : failed(job, INTERRUPTED, now());
        table.replace('RUNNING', next, table.sequence(job.id) + 1);
        const { id: jobId, attempts, status } = next;
        log.warn({ jobId, attempts, status }, 'the server ended in the middle of this job');
      }
    });
    for (const place of table.waiting()) this.#line.add(place);
  }

  /** The number of waiting jobs. */
  get waiting(): number {
    return this.#line.size;
  }

  /** The job whose row is RUNNING. A canceled one is none, even while its handler winds down. */
  get claim(): Claim | undefined {
    return this.#claim;
  }

  /** The job as it stands, or why there is none. */
  look(id: string): Job | JobAbsence {
    const job = this.#table.find(id);
    return job ? this.present(job) : this.absence(id);
  }

  /** Why there is no job under an id. */
  absence(id: string): JobAbsence {
    return this.#table.isExpired(id) ? 'expired' : 'unknown';
  }

  /** A row with what only memory knows: the place in the line, the progress of the running job. */
  present(job: Job): Job {
    if (job.status === 'QUEUED') return { ...job, queuePosition: this.#line.position(job) };
    return job.status === 'RUNNING' && this.#claim ? this.#claim.progress.at(this.#now()) : job;
  }

  /** Takes in a new job and returns it in its place. */
  add(job: Job, idempotencyKey: string | null): Job {
    const sequence = 1;
    this.#table.insert(job, idempotencyKey, sequence);
    this.#line.add(job);
    return this.#tell(job, sequence);
  }

  /** Starts the job that is next, if any waits. */
  claimNext(): Claim | undefined {
    const id = this.#line.first;
    const job = id === undefined ? undefined : this.#table.find(id);
    if (!job) return undefined;
    this.change('QUEUED', started(job, this.#now()));
    return this.#claim;
  }

  /** Changes the status of a job, which is `from` now. Throws, and changes nothing, when the database cannot be written. */
  change(from: JobStatus, next: Job): Job {
    const sequence = this.#lastSequence(next.id) + 1;
    const written = this.#table.replace(from, next, sequence);
    if (from === 'QUEUED') this.#line.remove(next);
    if (from === 'RUNNING') this.#claim = undefined;
    if (!written) throw new Error(`job ${next.id} is not ${from} in the database, as it is in memory`);
    if (next.status === 'QUEUED') this.#line.add(next);
    if (next.status === 'RUNNING') {
      this.#claim = { progress: new RunningJob(next, this.#now()), controller: new AbortController() };
    }
    return this.#tell(next, sequence);
  }

  /** Takes a handler's report; one that comes after its job has left is ignored. */
  report({ progress }: Claim, ...[change, step]: Parameters<JobRun['progress']>): void {
    if (this.#claim?.progress !== progress) return;
    const at = this.#now();
    if (step) progress.preview = step.preview;
    if (!progress.report(change, at)) return;
    const job = progress.at(at);
    const facts = { job, sequence: this.#lastSequence(job.id) + 1, at };
    this.#events.publish(
      step ? { type: 'step', ...facts, ...step } : { type: 'stage', ...facts, preview: progress.preview },
    );
  }

  /** Publishes the state of a job that has just changed, and the new places of those that wait and are watched. */
  #tell(changed: Job, sequence: number): Job {
    const job = this.present(changed);
    const at = this.#now();
    this.#events.publish(stateEvent(job, { sequence, at, preview: null }));
    for (const id of this.#events.watched()) {
      const last = this.#events.snapshot(id);
      if (last?.type !== 'queued') continue;
      const queuePosition = this.#line.position(last.job);
      if (queuePosition === last.job.queuePosition) continue;
      this.#events.publish({
        ...last,
        job: { ...last.job, queuePosition },
        sequence: last.sequence + 1,
        at,
      });
    }
    return job;
  }

  #lastSequence(id: string): number {
    return this.#events.snapshot(id)?.sequence ?? this.#table.sequence(id);
  }
}
