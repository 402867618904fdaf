import type { SchedulerName } from '../noise/names.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import { buildSigmas } from '../noise/sigmas.ts';
import type { SamplerName } from '../samplers/names.ts';
import { SAMPLERS } from '../samplers/registry.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';

/** Settings from which the noise levels of a run follow. */
export interface SamplingSettings {
  readonly schedule: NoiseSchedule;
  readonly samplerName: SamplerName;
  readonly scheduler: SchedulerName;
  /** A positive integer. */
  readonly steps: number;
  /** 0..1; 0 leaves the latent unchanged. */
  readonly denoise: number;
  /** First step of the schedule to run … */
  readonly startStep?: number;
  /** … and the step before which to stop, leaving noise in the result … */
  readonly lastStep?: number;
  /** … unless this is set: then the last step goes to 0. */
  readonly forceFullDenoise?: boolean;
}

/** The sampler and noise levels of a run. */
export interface SamplingPlan {
  readonly schedule: NoiseSchedule;
  readonly sampler: SamplerSpec;
  /** Noise levels, descending; fewer than two if there is nothing to do. */
  readonly sigmas: Float32Array;
  /** Number of steps that will be reported; for `dpm_adaptive` an estimate that is refined with each step. */
  readonly totalSteps: number;
}

/** Chooses the noise levels for these settings. Throws RangeError for steps or denoise out of range. */
export function planSampling(settings: SamplingSettings): SamplingPlan {
  const { schedule, scheduler, steps, denoise } = settings;
  const sampler: SamplerSpec = SAMPLERS[settings.samplerName];
  const { discardPenultimate = false, needsDistinctSigmas, finalSigma, plannedSteps } = sampler;
  let sigmas = part(buildSigmas({ schedule, scheduler, steps, denoise, discardPenultimate }), settings);
  if (needsDistinctSigmas) sigmas = sigmas.filter((sigma, i) => sigma !== sigmas[i - 1]);
  if (finalSigma !== undefined && sigmas.at(-1) === 0) sigmas[sigmas.length - 1] = finalSigma;
  const totalSteps = sigmas.length < 2 ? 0 : (plannedSteps?.(sigmas) ?? sigmas.length - 1);
  return { schedule, sampler, sigmas, totalSteps };
}

/** The levels from `startStep` to `lastStep`. */
function part(sigmas: Float32Array, settings: SamplingSettings): Float32Array {
  const { startStep = 0, lastStep = Infinity, forceFullDenoise = false } = settings;
  const levels = sigmas.slice(0, lastStep + 1);
  if (forceFullDenoise && levels.length < sigmas.length) levels[levels.length - 1] = 0;
  return levels.slice(startStep);
}

/** The noise level after a share of the steps, 0..1; negative after the last, below every level. */
export function levelAfter({ sigmas }: SamplingPlan, share: number): number {
  const steps = sigmas.length - 1;
  const done = Math.round(share * steps);
  return done < steps ? (sigmas[done] ?? 0) : -1;
}
