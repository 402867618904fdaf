import type { SchedulerName } from '../noise/names.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import { buildSigmas } from '../noise/sigmas.ts';
import type { SamplerName } from '../samplers/names.ts';
import { SAMPLERS } from '../samplers/registry.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';

export interface SamplingSettings {
  readonly schedule: NoiseSchedule;
  readonly samplerName: SamplerName;
  readonly scheduler: SchedulerName;
  /** Whole, from 1. */
  readonly steps: number;
  /** 0..1; 0 leaves the latent as it is. */
  readonly denoise: number;
  /** Runs only the part of the schedule from this step … */
  readonly startStep?: number;
  /** … up to this one, leaving its noise in the result … */
  readonly lastStep?: number;
  /** … unless this is set: then the last step goes all the way to 0. */
  readonly forceFullDenoise?: boolean;
}

/** What a run will do, known before it starts. */
export interface SamplingPlan {
  readonly schedule: NoiseSchedule;
  readonly sampler: SamplerSpec;
  /** Noise levels, descending; fewer than two when there is nothing to do. */
  readonly sigmas: Float32Array;
  /** Steps that will be reported; for `dpm_adaptive` a guess, made better with each step. */
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

/** The noise level after a share of the steps, 0..1; below all of them after the last. */
export function levelAfter({ sigmas }: SamplingPlan, share: number): number {
  const steps = sigmas.length - 1;
  const done = Math.round(share * steps);
  return done < steps ? (sigmas[done] ?? 0) : -1;
}
