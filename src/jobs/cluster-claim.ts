import type { ClusterEvents } from './cluster-events.ts';
import type { ClusterStore, StoredJob } from './cluster-store.ts';
import type { Log } from './log.ts';
import type { Pace } from './pace.ts';
import type { JobEvent, JobRun } from './ports.ts';
import { RunningJob } from './running-job.ts';
import { StopRequest } from './stop-request.ts';

/** Reports on their way to Redis at a time; beyond, waiting steps give way to newer ones. */
const IN_FLIGHT = 4;

/** Milliseconds between two events that are kept for those who come late. */
const KEEPING = 1000;

/** What a claim works with. */
export interface ClaimParts {
  readonly store: ClusterStore;
  readonly events: ClusterEvents;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic: () => number;
}

/** A job in the hands of a handler of this process, as long as its record says so. */
export class ClusterClaim implements JobRun {
  readonly progressed: RunningJob;
  readonly #parts: ClaimParts;
  readonly #id: string;
  readonly #revision: number;
  readonly #controller = new AbortController();
  #told = 0;
  #keptAt = -Infinity;
  #inFlight = 0;
  #waiting: JobEvent[] = [];
  #isOver = false;

  /** `pace` is what jobs like it have taken. */
  constructor({ job, revision }: StoredJob, parts: ClaimParts, pace: Pace | undefined) {
    this.#parts = parts;
    this.#id = job.id;
    this.#revision = revision;
    this.progressed = new RunningJob(job, parts.monotonic(), pace);
    parts.events.hold(job.id);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the job has ended or is another's. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get revision(): number {
    return this.#revision;
  }

  progress(...[change, step]: Parameters<JobRun['progress']>): void {
    if (this.#isOver) return;
    const { now, monotonic } = this.#parts;
    const time = monotonic();
    if (step) this.progressed.preview = step.preview;
    if (!this.progressed.report(change, time)) return;
    const facts = { job: this.progressed.at(time), sequence: this.#revision + ++this.#told, at: now() };
    const { preview } = this.progressed;
    this.#tell(step ? { type: 'step', ...facts, ...step } : { type: 'stage', ...facts, preview });
  }

  /** Asks the handler to stop; the job stays this claim's. */
  stop(request: StopRequest): void {
    this.#controller.abort(request);
  }

  /** Lets go of the job: nothing that the handler does counts from now on. */
  end(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#parts.events.release(this.#id);
  }

  /** Looks whether the job is still this claim's, and lets go of it if not. */
  async check(): Promise<void> {
    if (!this.#isOver && !(await this.#parts.store.isAt(this.#id, this.#revision))) this.#lose();
  }

  #tell(event: JobEvent): void {
    this.#parts.events.take(event);
    if (this.#inFlight < IN_FLIGHT) void this.#send(event);
    else {
      if (event.type === 'step') this.#waiting = this.#waiting.filter(({ type }) => type !== 'step');
      this.#waiting.push(event);
    }
  }

  async #send(event: JobEvent): Promise<void> {
    this.#inFlight++;
    try {
      const isOurs = await this.#parts.store.report(this.#revision, event, { keep: this.#isToBeKept(event) });
      if (!isOurs) this.#lose();
    } catch (error) {
      this.#parts.log.warn({ jobId: this.#id, err: error }, 'a report was lost');
    }
    this.#inFlight--;
    const next = this.#waiting.shift();
    if (next) void this.#send(next);
  }

  #isToBeKept(event: JobEvent): boolean {
    const time = performance.now();
    if (event.type !== 'step' || time - this.#keptAt < KEEPING) return false;
    this.#keptAt = time;
    return true;
  }

  #lose(): void {
    if (this.#isOver) return;
    this.end();
    this.stop(new StopRequest('the job was canceled or given to another worker', { immediately: true }));
  }
}
