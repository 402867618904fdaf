import { afterInterruption } from './after-failure.ts';
import type { EmbeddedEvents } from './embedded-events.ts';
import type { PaceTable } from './embedded-paces.ts';
import type { JobKey, JobTable } from './embedded-table.ts';
import type { Job, JobStatus } from './job.ts';
import { stateEvent } from './job-event.ts';
import type { Log } from './log.ts';
import { workOf } from './pace.ts';
import { Paces } from './paces.ts';
import type { JobAbsence, JobRun } from './ports.ts';
import { RunningJob } from './running-job.ts';
import { started } from './transitions.ts';
import { WaitingLine } from './waiting-line.ts';
import { WaitingTimes } from './waiting-times.ts';

/** What a board works with. */
export interface JobBoardParts {
  readonly table: JobTable;
  readonly paceTable: PaceTable;
  readonly events: EmbeddedEvents;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic: () => number;
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
  readonly #parts: JobBoardParts;
  readonly #line = new WaitingLine();
  readonly #paces: Paces;
  readonly #times: WaitingTimes;
  #claim: Claim | undefined;

  /** Takes up what an earlier process left: jobs that ran when it died wait again, unless that was their last attempt. */
  constructor(parts: JobBoardParts) {
    this.#parts = parts;
    const { table, paceTable, log, now } = parts;
    this.#paces = new Paces(paceTable.all());
    this.#times = new WaitingTimes(this.#line, this.#paces);
    table.transaction(() => {
      table.skipUnwrittenEvents();
      for (const job of table.withStatus('RUNNING')) {
        const next = afterInterruption(job, now());
        table.replace('RUNNING', next, table.sequence(job.id) + 1);
        const { id: jobId, attempts, status } = next;
        log.warn({ jobId, attempts, status }, 'the server ended in the middle of this job');
      }
    });
    for (const { request, ...place } of table.waiting()) {
      this.#line.add(place);
      this.#times.add(place.id, request);
    }
  }

  /** The number of waiting jobs. */
  get waiting(): number {
    return this.#line.size;
  }

  /** The job whose row is RUNNING. A canceled one is none, even while its handler winds down. */
  get claim(): Claim | undefined {
    return this.#claim;
  }

  /** Seconds to the end of the running job, 0 if there is none; undefined while unknown. */
  get untilFree(): number | undefined {
    if (!this.#claim) return 0;
    return this.#claim.progress.at(this.#parts.monotonic()).etaSeconds ?? undefined;
  }

  /** The job as it stands, or why there is none. */
  look(id: string): Job | JobAbsence {
    const job = this.#parts.table.find(id);
    return job ? this.present(job) : this.absence(id);
  }

  /** Why there is no job under an id. */
  absence(id: string): JobAbsence {
    return this.#parts.table.isExpired(id) ? 'expired' : 'unknown';
  }

  /** A row with what only memory knows: the place in the line, the progress of the running job. */
  present(job: Job): Job {
    if (job.status === 'RUNNING') return this.#claim?.progress.at(this.#parts.monotonic()) ?? job;
    if (job.status !== 'QUEUED') return job;
    return { ...job, queuePosition: this.#line.position(job.id), etaSeconds: this.#untilEnd(job.id) };
  }

  /** Takes in a new job and returns it in its place. */
  add(job: Job, key: JobKey): Job {
    const sequence = 1;
    this.#parts.table.insert(job, key, sequence);
    this.#enter(job, key.owner);
    return this.#tell(job, sequence);
  }

  /** Starts the job that is next, if any waits. */
  claimNext(): Claim | undefined {
    const id = this.#line.first;
    const job = id === undefined ? undefined : this.#parts.table.find(id);
    if (!job) return undefined;
    this.change('QUEUED', started(job, this.#parts.now()));
    return this.#claim;
  }

  /** Changes the status of a job, which is `from` now. Throws, and changes nothing, when the database cannot be written. */
  change(from: JobStatus, next: Job): Job {
    const { table, monotonic } = this.#parts;
    const sequence = this.#lastSequence(next.id) + 1;
    const written = table.replace(from, next, sequence);
    if (from === 'QUEUED') this.#leave(next);
    if (from === 'RUNNING') this.#claim = undefined;
    if (!written) throw new Error(`job ${next.id} is not ${from} in the database, as it is in memory`);
    if (next.status === 'QUEUED') this.#enter(next, table.owner(next.id));
    if (next.status === 'RUNNING') {
      const pace = this.#paces.expect(workOf(next.request));
      this.#claim = {
        progress: new RunningJob(next, monotonic(), pace),
        controller: new AbortController(),
      };
    }
    if (next.status === 'SUCCEEDED') this.#learn(next);
    return this.#tell(next, sequence);
  }

  /** Takes a handler's report; one that comes after its job has left is ignored. */
  report({ progress }: Claim, ...[change, step]: Parameters<JobRun['progress']>): void {
    if (this.#claim?.progress !== progress) return;
    const { events, now, monotonic } = this.#parts;
    const time = monotonic();
    if (step) progress.preview = step.preview;
    if (!progress.report(change, time)) return;
    const job = progress.at(time);
    const facts = { job, sequence: this.#lastSequence(job.id) + 1, at: now() };
    events.publish(
      step ? { type: 'step', ...facts, ...step } : { type: 'stage', ...facts, preview: progress.preview },
    );
  }

  #enter(job: Job, owner: string): void {
    const { id, priority, request } = job;
    this.#line.add({ id, priority, owner });
    this.#times.add(id, request);
  }

  #leave({ id, status }: Job): void {
    if (status === 'RUNNING') this.#line.start(id);
    else this.#line.remove(id);
    this.#times.remove(id);
  }

  /** Takes over what a job took. That it cannot be stored (the disk is full) is no reason to fail anything. */
  #learn(job: Job): void {
    const { paceTable, log } = this.#parts;
    const known = this.#paces.learn(job);
    this.#times.forget();
    try {
      if (known) paceTable.put(known);
    } catch (error) {
      log.warn({ err: error, jobId: job.id }, 'what the job took could not be stored');
    }
  }

  #untilEnd(id: string): number | null {
    const free = this.untilFree;
    const then = this.#times.until(id);
    return free === undefined || then === undefined ? null : free + then / 1000;
  }

  /** Publishes the state of a job that has just changed, and the new places of those that wait and are watched. */
  #tell(changed: Job, sequence: number): Job {
    const { events, now } = this.#parts;
    const job = this.present(changed);
    const at = now();
    events.publish(stateEvent(job, { sequence, at, preview: null }));
    for (const id of events.watched()) {
      const last = events.snapshot(id);
      if (last?.type !== 'queued') continue;
      const waiting = this.present(last.job);
      if (waiting.queuePosition === last.job.queuePosition) continue;
      events.publish({ ...last, job: waiting, sequence: last.sequence + 1, at });
    }
    return job;
  }

  #lastSequence(id: string): number {
    return this.#parts.events.snapshot(id)?.sequence ?? this.#parts.table.sequence(id);
  }
}
