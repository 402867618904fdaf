import type { Latent } from '../engine/index.ts';
import type { Job, JobStage } from './job.ts';
import type { Pace } from './pace.ts';
import type { JobRun } from './ports.ts';

/** A number of finished steps and when it was reached, in milliseconds. */
interface Mark {
  readonly step: number;
  readonly at: number;
}

/** What is known of a job while it runs: its steps never go back, its stages are timed and its end is estimated. */
export class RunningJob {
  /** The estimate of the last step, for those who join after it. */
  preview: Latent | null = null;
  #job: Job;
  readonly #start: number;
  readonly #pace: Pace | undefined;
  #stageSince: number;
  #samplingStart: Mark | undefined;
  #firstStep: Mark | undefined;
  #lastStep: Mark | undefined;

  /** `job` has just started, at `now`; `pace` is what jobs like it have taken. All times are monotonic. */
  constructor(job: Job, now: number, pace?: Pace) {
    this.#job = job;
    this.#pace = pace;
    this.#start = this.#stageSince = now;
  }

  /** Takes a report of the handler; tells whether stage, step or totalSteps changed. */
  report(change: Parameters<JobRun['progress']>[0], now: number): boolean {
    const before = this.#job;
    const stage = change.stage ?? before.stage;
    const step = Math.max(before.step, change.step ?? 0);
    const totalSteps = Math.max(step, change.totalSteps ?? before.totalSteps);
    if (stage !== before.stage) this.#enter(stage, now);
    if (step > before.step) {
      this.#lastStep = { step, at: now };
      this.#firstStep ??= this.#lastStep;
    }
    this.#job = { ...this.#job, step, totalSteps };
    return stage !== before.stage || step !== before.step || totalSteps !== before.totalSteps;
  }

  /** The job as it stands at `now`. */
  at(now: number): Job {
    return { ...this.#job, etaSeconds: this.#etaSeconds(now), timings: this.#timings(now) };
  }

  #enter(stage: JobStage, now: number): void {
    this.#job = { ...this.#job, stage, timings: this.#timings(now) };
    this.#stageSince = now;
    if (stage === 'SAMPLING') this.#samplingStart ??= { step: this.#job.step, at: now };
  }

  #timings(now: number): Job['timings'] {
    const { stage, timings } = this.#job;
    return { ...timings, [stage]: (timings[stage] ?? 0) + now - this.#stageSince };
  }

  #etaSeconds(now: number): number | null {
    const last = this.#lastStep;
    const remaining = last ? this.#afterStep(last, now) : this.#beforeSteps(now);
    return remaining === null ? null : Math.max(0, remaining) / 1000;
  }

  /** Remaining steps at the mean time of a step, and what follows; the first one counts only while it is alone, since it warms up. */
  #afterStep(last: Mark, now: number): number | null {
    const after = this.#pace?.after;
    const remaining = this.#job.totalSteps - this.#job.step;
    if (remaining === 0) return after === undefined ? null : after - (now - last.at);
    const from = this.#firstStep === last ? this.#samplingStart : this.#firstStep;
    if (!from) return null;
    const stepTime = (last.at - from.at) / (last.step - from.step);
    return Math.max(0, remaining * stepTime - (now - last.at)) + (after ?? 0);
  }

  /** What jobs like it have taken, less what has passed. */
  #beforeSteps(now: number): number | null {
    if (!this.#pace) return null;
    const { before, perStep, after } = this.#pace;
    const sampling = this.#samplingStart;
    const steps = this.#job.totalSteps * perStep;
    return sampling
      ? Math.max(0, steps - (now - sampling.at)) + after
      : Math.max(0, before - (now - this.#start)) + steps + after;
  }
}
