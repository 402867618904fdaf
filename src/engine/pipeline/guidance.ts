import { NonFiniteError, WrongNumbersError } from '../errors.ts';
import { firstNotFinite, isAllEqual } from '../float32/scan.ts';
import { add, subtract, type Vec } from '../float32/vec.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import { PREDICTIONS } from '../noise/prediction.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';
import { mustNotDiverge } from './divergence.ts';
import { rescaledGuidance } from './rescaled-guidance.ts';

/** The negative or the positive prompt. */
export type Conditioning = 'negative' | 'positive';

/**
 * Evaluates the diffusion network for all given conditionings in one batch. Takes the scaled latent u [B, C,
 * H, W] once and returns the outputs [conditionings · B, C, H, W] in their order, as a new vector. `sigma` is
 * the noise level of the timestep.
 */
export type Network = (
  u: Vec,
  timestep: number,
  conditionings: readonly Conditioning[],
  sigma: number,
) => Promise<Vec>;

/** The denoised estimates; `uncond` if the negative prompt was evaluated. */
export interface Guided {
  readonly denoised: Vec;
  readonly uncond: Vec | undefined;
}

/** Computes the denoised estimate from x at σ; `both` requests the unconditional one as well. */
export type Denoiser = (x: Vec, sigma: number, both: boolean) => Promise<Guided>;

/** Whether the negative prompt has no effect at a guidance scale: 1, up to a relative 1e-9. */
const isUnguided = (cfg: number): boolean => Math.abs(cfg - 1) <= 1e-9 * Math.max(Math.abs(cfg), 1);

/** Whether a run evaluates the negative prompt. */
export const isGuided = (cfg: number, sampler: SamplerSpec): boolean =>
  !isUnguided(cfg) || sampler.needsUncond === true;

/** Guidance settings. */
export interface Guidance {
  readonly cfg: number;
  /** Share of guidance rescaling, 0..1; see rescaled-guidance.ts. 0 if absent. */
  readonly rescale?: number;
  /** Range of the schedule, 0..1, in which guidance is applied; all of it if absent. */
  readonly interval?: { readonly start: number; readonly end: number };
  /** Number of latents in a vector; 1 if absent. */
  readonly items?: number;
}

/**
 * Classifier-free guidance, Ho and Salimans 2022: uncond + (cond - uncond) · cfg. The negative prompt is not
 * evaluated at cfg 1 and outside the interval (Kynkäänniemi et al. 2024).
 */
export function guidedDenoiser(network: Network, schedule: NoiseSchedule, guidance: Guidance): Denoiser {
  const { cfg, rescale = 0, items = 1, interval = { start: 0, end: 1 } } = guidance;
  const prediction = PREDICTIONS[schedule.prediction];
  const [from, to] = [schedule.percentToSigma(interval.start), schedule.percentToSigma(interval.end)];
  return async (x, sigma, both) => {
    const scale = sigma > from || sigma < to ? 1 : cfg;
    const unguided = isUnguided(scale);
    const conditionings: readonly Conditioning[] =
      unguided && !both ? ['positive'] : ['negative', 'positive'];
    const timestep = schedule.timestep(sigma);
    const input = prediction.input(x, sigma);
    const output = await network(input, timestep, conditionings, sigma);
    checkOutput(output, input, conditionings.length, timestep);
    const [first, second] = conditionings.map((_, i) =>
      prediction.denoised(x, output.subarray(i * x.length, (i + 1) * x.length), sigma),
    );
    if (!first || !second) return { denoised: first!, uncond: undefined };
    const denoised =
      rescale > 0 && !unguided
        ? rescaledGuidance(x, sigma, { uncond: first, cond: second, cfg: scale, share: rescale, items })
        : add(first, scale, subtract(second, first)); // also at scale 1, because the reference rounds this way
    return { denoised, uncond: first };
  };
}

/**
 * Throws if the network's values overflowed or the device computed nothing. Without this check the picture
 * would be black or noise.
 */
function checkOutput(output: Vec, input: Vec, conditionings: number, timestep: number): void {
  const length = conditionings * input.length;
  if (output.length !== length)
    throw new Error(
      `the network returned ${output.length} values at timestep ${timestep}, expected ${length}`,
    );
  const bad = firstNotFinite(output);
  if (bad >= 0) {
    mustNotDiverge(input, `the network's input at timestep ${timestep}`);
    throw new NonFiniteError(
      `the network returned ${output[bad]!} at timestep ${timestep} (value ${bad} of ${length}): ` +
        'an overflow on this device, or the checkpoint is damaged',
    );
  }
  if (isAllEqual(output))
    throw new WrongNumbersError(
      `the network returned ${output[0]!} for all ${length} values at timestep ${timestep}: the checkpoint is damaged, or this device returns wrong results`,
    );
}
