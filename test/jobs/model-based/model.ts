import { expect } from 'vitest';
import { isFinished, type Job, type JobStatus } from '../../../src/jobs/job.ts';
import { LONGEST_BACKOFF, MAX_ATTEMPTS } from '../../../src/jobs/lifecycle.ts';
import type { JobAbsence, JobEvent, Lease, NewJob } from '../../../src/jobs/queue.ts';

/** A job as the model has it: what must be true of it, whatever store keeps it. */
export interface ModelJob {
  readonly id: string;
  readonly asked: NewJob;
  status: JobStatus;
  priority: number;
  attempts: number;
  notBefore: number | null;
  /** Real time (milliseconds) before which a store whose delays pass in real time may hold it back. */
  heldUntil: number;
  /** Its worker was killed: the store may still show it running, until it finds that out. */
  isLost: boolean;
  isForgotten: boolean;
  lease: Lease | undefined;
  /** The record with which it ended. */
  end: Job | undefined;
  /** Attempts of this process that are over. */
  readonly over: Lease[];
  readonly watches: Watch[];
}

/** What a subscriber has read. */
export interface Watch {
  readonly events: JobEvent[];
  readonly done: Promise<void>;
  /** Its process was closed or killed: it may have missed the end. */
  isCut: boolean;
}

/** Milliseconds that a store's own clock may be late. */
const SLACK = 50;

/** A plain list of jobs, and what must hold of any store that was asked to do the same. */
export class Model {
  readonly jobs: ModelJob[] = [];
  readonly paused = new Set<string | null>();
  /** Whether positions and turns are each model's own. */
  readonly #perModel: boolean;
  /** Of each scope, who has had the last turns, how many in a row, and who has waited all the while. */
  readonly #starts = new Map<string, { owner: string; turns: number; waiting: ReadonlySet<ModelJob> }>();
  readonly #disturbed = new Set<string>();

  constructor({ perModel }: { perModel: boolean }) {
    this.#perModel = perModel;
  }

  get known(): ModelJob[] {
    return this.jobs.filter(({ isForgotten }) => !isForgotten);
  }

  withStatus(status: JobStatus): ModelJob[] {
    return this.known.filter((job) => job.status === status);
  }

  add(job: Job, asked: NewJob): ModelJob {
    const { id, status, priority, attempts, notBefore } = job;
    const added: ModelJob = {
      ...{ id, asked, status, priority, attempts, notBefore, heldUntil: 0, lease: undefined, end: undefined },
      ...{ isLost: false, isForgotten: false, over: [], watches: [] },
    };
    this.jobs.push(added);
    return added;
  }

  /** Jobs that must be claimed if anything is, at `now`. */
  runnable(now: number): ModelJob[] {
    return this.withStatus('QUEUED').filter(
      (job) => !this.isPaused(job) && this.mayStart(job, now) && job.heldUntil + SLACK < performance.now(),
    );
  }

  /** Its backoff is over, or the clock was set back since. */
  mayStart({ notBefore }: ModelJob, now: number): boolean {
    const wait = (notBefore ?? 0) - now;
    return wait <= 0 || wait > LONGEST_BACKOFF;
  }

  isPaused({ asked }: ModelJob): boolean {
    return this.paused.has(null) || this.paused.has(asked.request.model);
  }

  /** The turns of a job's scope are no longer simple to foresee. */
  disturb(job: ModelJob, priority = job.priority): void {
    this.#disturbed.add(this.#scope(job, priority));
  }

  /** Checks that `job` was the one to start, of those that were `runnable`. */
  mustBeNext(job: ModelJob, runnable: readonly ModelJob[]): void {
    const rivals = runnable.filter((one) => one !== job && this.#isSameQueue(one, job));
    const higher = rivals.filter(({ priority }) => priority > job.priority);
    expect(higher.map(describeJob), `${describeJob(job)} started before higher priorities`).toEqual([]);
    const scope = this.#scope(job);
    const level = rivals.filter((one) => this.#scope(one) === scope);
    if (this.#disturbed.has(scope)) return;
    const { owner } = job.asked;
    const older = level.filter((one) => one.asked.owner === owner && one.id < job.id);
    expect(older.map(describeJob), `${describeJob(job)} started before older jobs of its owner`).toEqual([]);
    const last = this.#starts.get(scope);
    const turns = last?.owner === owner ? last.turns + 1 : 1;
    const waiting = turns === 1 ? level : level.filter((one) => last!.waiting.has(one));
    const others = waiting.filter((one) => one.asked.owner !== owner);
    // Two are fair where the others have had theirs just before; a third one never is.
    if (turns > 2) expect(others.map(describeJob), `${owner} had ${turns} turns in a row`).toEqual([]);
    this.#starts.set(scope, { owner, turns, waiting: new Set(waiting) });
  }

  /** Checks a reading of every job against the model, which learns what the store has found out about lost workers. */
  mustAgree(found: readonly (Job | JobAbsence)[]): void {
    for (const [i, job] of this.jobs.entries()) {
      const one = found[i]!;
      if (job.isForgotten) {
        expect(one, `${describeJob(job)} was forgotten`).toBe('expired');
        continue;
      }
      if (typeof one === 'string') throw new Error(`${describeJob(job)} is ${one}`);
      if (job.isLost && one.status !== 'RUNNING') this.interrupted(job, one);
      const { id, status, attempts, priority } = job;
      expect(one).toMatchObject({ id, status, attempts, priority });
      expect(one.attempts).toBeLessThanOrEqual(MAX_ATTEMPTS);
      expect(one.history.filter(({ result }) => result !== 'RETURNED')).toHaveLength(attempts);
      if (status === 'QUEUED') expect(one.notBefore).toBe(job.notBefore);
      if (isFinished(status)) expect(one).toEqual((job.end ??= one));
    }
    this.#mustBePermutations(found);
  }

  /** A lost attempt has been given up by the store. */
  interrupted(job: ModelJob, found: Job): void {
    expect(found.history.at(-1)).toMatchObject({ result: 'INTERRUPTED' });
    expect(found.status).toBe(job.attempts < MAX_ATTEMPTS ? 'QUEUED' : 'FAILED');
    this.disturb(job);
    job.isLost = false;
    job.status = found.status;
    this.waitsFor(job, found.notBefore, 5000);
  }

  /** A job waits for its next attempt, in a store that may need so much real time for it. */
  waitsFor(job: ModelJob, notBefore: number | null, realTime: number): void {
    job.notBefore = notBefore;
    job.heldUntil = performance.now() + (this.#perModel ? realTime : 0);
  }

  #mustBePermutations(found: readonly (Job | JobAbsence)[]): void {
    const positions = new Map<string, (number | null)[]>();
    for (const one of found) {
      if (typeof one === 'string') continue;
      if (one.status !== 'QUEUED') expect(one.queuePosition).toBeNull();
      else {
        const queue = this.#perModel ? one.request.model : '';
        positions.set(queue, [...(positions.get(queue) ?? []), one.queuePosition]);
      }
    }
    // A job that backs off in BullMQ's delayed set has the position that it will come back to.
    if (this.#perModel && this.withStatus('QUEUED').some(({ heldUntil }) => heldUntil > 0)) return;
    for (const all of positions.values()) {
      expect(all.toSorted((a, b) => a! - b!)).toEqual(all.map((_, i) => i));
    }
  }

  #isSameQueue(a: ModelJob, b: ModelJob): boolean {
    return !this.#perModel || a.asked.request.model === b.asked.request.model;
  }

  #scope(job: ModelJob, priority = job.priority): string {
    return `${this.#perModel ? job.asked.request.model : ''} ${priority}`;
  }
}

/** A job in a message. */
export const describeJob = ({ id, asked, priority, status, attempts }: ModelJob): string =>
  `${id.slice(-6)} of ${asked.owner} (${asked.request.model}, ${priority}, ${status}, ${attempts})`;
