import { ENGINE_STAGES } from '../engine/index.ts';
import type { Job, JobStage } from './job.ts';
import { canvasOf, evaluationsOf, type Img2ImgSettings } from './request.ts';

/** Without an event for this long, or for so many steps if that is longer, an engine counts as hung (milliseconds). */
const HUNG_AFTER = 600_000;
const HUNG_STEPS = 20;

/** Milliseconds of a step for each megapixel, image and network evaluation, assumed before a step was measured: a slow CPU. */
const ASSUMED_STEP = 100_000;

/** What a handler tells of its job. */
export type ProgressChange = Partial<Pick<Job, 'stage' | 'step' | 'totalSteps'>>;

/** A running job as its worker knows it: steps never go back, stages are timed. All times are monotonic milliseconds. */
export class Progress {
  #job: Job;
  #stageSince: number;
  #lastReport: number;
  #firstStep: { readonly step: number; readonly at: number } | undefined;

  /** `job` has just started, at `now`. */
  constructor(job: Job, now: number) {
    this.#job = job;
    this.#stageSince = now;
    this.#lastReport = now;
  }

  /** Takes a report of the handler; tells whether stage, step or totalSteps changed. */
  report(change: ProgressChange, now: number): boolean {
    const before = this.#job;
    this.#lastReport = now;
    const stage = change.stage ?? before.stage;
    const step = Math.max(before.step, change.step ?? 0);
    const totalSteps = Math.max(step, change.totalSteps ?? before.totalSteps);
    if (stage !== before.stage) this.#enter(stage, now);
    let { stepTime } = before;
    if (step > before.step) {
      // The first step warms up; its time counts only while it is the only one.
      if (this.#firstStep) stepTime = (now - this.#firstStep.at) / (step - this.#firstStep.step);
      else {
        this.#firstStep = { step, at: now };
        stepTime = (this.at(now).timings.SAMPLING ?? 0) / step;
      }
    }
    this.#job = { ...this.#job, step, totalSteps, stepTime };
    return stage !== before.stage || step !== before.step || totalSteps !== before.totalSteps;
  }

  /** The job as it stands at `now`. */
  at(now: number): Job {
    return { ...this.#job, timings: this.#timings(now) };
  }

  /** Milliseconds for which the engine has said nothing, where that makes it count as hung; else undefined. */
  hungFor(now: number): number | undefined {
    const silent = now - this.#lastReport;
    const isEngines = ENGINE_STAGES.some((stage) => stage === this.#job.stage);
    return isEngines && silent > longestSilence(this.#job) ? silent : undefined;
  }

  #enter(stage: JobStage, now: number): void {
    this.#job = { ...this.#job, stage, timings: this.#timings(now) };
    this.#stageSince = now;
  }

  #timings(now: number): Job['timings'] {
    const { stage, timings } = this.#job;
    return { ...timings, [stage]: (timings[stage] ?? 0) + now - this.#stageSince };
  }
}

/** Milliseconds without an event after which the engine that runs a job counts as hung. */
const longestSilence = ({ stepTime, request }: Job): number =>
  Math.max(HUNG_AFTER, HUNG_STEPS * (stepTime ?? assumedStep(request)));

function assumedStep(request: Img2ImgSettings): number {
  const { width, height } = request.upscale ?? canvasOf(request);
  return ASSUMED_STEP * ((width * height) / 1e6) * request.batchSize * evaluationsOf(request);
}
