import type { SchedulerName } from './names.ts';
import type { NoiseSchedule } from './noise-schedule.ts';
import { SCHEDULERS } from './schedulers.ts';

/** A partial denoise is the end of a longer schedule; a longer one than this would differ by less than a training step. */
const MAX_STEPS = 200_000;

/** What the noise levels of a run depend on. */
export interface SigmaOptions {
  readonly schedule: NoiseSchedule;
  readonly scheduler: SchedulerName;
  /** Whole, at least 1. */
  readonly steps: number;
  /** 0..1: how far up the schedule to start. */
  readonly denoise?: number;
  /** Leaves out the level before the last, for samplers that end badly with it. */
  readonly discardPenultimate?: boolean;
}

/**
 * The noise levels of a run: f32, descending, ending in 0. One more than `steps`, save with `ddim_uniform` (often more or
 * fewer) and `beta` (fewer when steps coincide). Empty for denoise 0: nothing is to be done. Throws a RangeError for steps
 * or denoise out of range.
 */
export function buildSigmas(options: SigmaOptions): Float32Array {
  const { schedule, scheduler, steps, denoise = 1, discardPenultimate = false } = options;
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`steps must be a whole number from 1, got ${steps}`);
  if (!(denoise >= 0 && denoise <= 1)) throw new RangeError(`denoise must be from 0 to 1, got ${denoise}`);
  if (denoise === 0) return new Float32Array(0);

  const partial = denoise <= 0.9999;
  const total = partial ? Math.min(Math.trunc(steps / denoise), MAX_STEPS) : steps;
  const levels = Array.from(SCHEDULERS[scheduler](schedule, total + (discardPenultimate ? 1 : 0)));
  if (discardPenultimate) levels.pop();
  levels.push(0);
  return Float32Array.from(partial ? levels.slice(-steps - 1) : levels);
}
