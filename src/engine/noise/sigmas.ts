import type { SchedulerName } from './names.ts';
import type { NoiseSchedule } from './noise-schedule.ts';
import { SCHEDULERS } from './schedulers.ts';

/**
 * Maximum length of the schedule of which a partial denoise is the end. Longer ones would differ by less than
 * a training step.
 */
const MAX_STEPS = 200_000;

/** Options of buildSigmas. */
export interface SigmaOptions {
  readonly schedule: NoiseSchedule;
  readonly scheduler: SchedulerName;
  /** A positive integer. */
  readonly steps: number;
  /** Share of the schedule to run, 0..1; 1 if absent. */
  readonly denoise?: number;
  /** Omits the penultimate level, for samplers that end badly with it. */
  readonly discardPenultimate?: boolean;
}

/**
 * The noise levels of a run: f32, descending, ending in 0. There are `steps` + 1, except with `ddim_uniform`
 * (often more or fewer) and `beta` (fewer if steps coincide). Empty for denoise 0. Throws RangeError for
 * steps or denoise out of range.
 */
export function buildSigmas(options: SigmaOptions): Float32Array {
  const { schedule, scheduler, steps, denoise = 1, discardPenultimate = false } = options;
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`steps must be a positive integer, got ${steps}`);
  if (!(denoise >= 0 && denoise <= 1)) throw new RangeError(`denoise must be from 0 to 1, got ${denoise}`);
  if (denoise === 0) return new Float32Array(0);

  const partial = denoise <= 0.9999;
  const total = partial ? Math.min(Math.trunc(steps / denoise), MAX_STEPS) : steps;
  const levels = Array.from(SCHEDULERS[scheduler](schedule, total + (discardPenultimate ? 1 : 0)));
  if (discardPenultimate) levels.pop();
  levels.push(0);
  return Float32Array.from(partial ? levels.slice(-steps - 1) : levels);
}
