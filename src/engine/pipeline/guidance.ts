import { DeviceError, NonFiniteError } from '../errors.ts';
import { firstNotFinite, isAllEqual } from '../float32/scan.ts';
import { add, subtract, type Vec } from '../float32/vec.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import { PREDICTIONS } from '../noise/prediction.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';
import { mustNotDiverge } from './divergence.ts';
import { rescaledGuidance } from './rescaled-guidance.ts';

/** Which of the two prompts. */
export type Conditioning = 'negative' | 'positive';

/**
 * One evaluation of the diffusion network for every conditioning given, batched: takes the scaled latent u [B, C, H, W] once and
 * returns the outputs [conditionings · B, C, H, W] in their order, a vector of its own. σ is what the timestep stands for.
 */
export type Network = (
  u: Vec,
  timestep: number,
  conditionings: readonly Conditioning[],
  sigma: number,
) => Promise<Vec>;

/** The estimates of the noiseless latent; `uncond` where the negative prompt was evaluated. */
export interface Guided {
  readonly denoised: Vec;
  readonly uncond: Vec | undefined;
}

/** Estimates the noiseless latent from x at σ; `both` asks for the unguided one too. */
export type Denoiser = (x: Vec, sigma: number, both: boolean) => Promise<Guided>;

/** Whether a guidance scale leaves the negative prompt without effect: 1 up to a relative 1e-9. */
const isUnguided = (cfg: number): boolean => Math.abs(cfg - 1) <= 1e-9 * Math.max(Math.abs(cfg), 1);

/** Whether a run evaluates the negative prompt. */
export const isGuided = (cfg: number, sampler: SamplerSpec): boolean =>
  !isUnguided(cfg) || sampler.needsUncond === true;

/** How strongly the prompts guide, and when. */
export interface Guidance {
  readonly cfg: number;
  /** How far guided predictions are brought back to the deviation of unguided ones, 0..1; see rescaled-guidance.ts. */
  readonly rescale?: number;
  /** The part of the model's way, 0..1, on which guidance is applied; all of it when left out. */
  readonly interval?: { readonly start: number; readonly end: number };
  /** Latents in a vector; 1 when left out. */
  readonly items?: number;
}

/**
 * Classifier-free guidance, Ho and Salimans 2022: uncond + (cond - uncond) · cfg. At cfg 1 and outside the interval (Kynkäänniemi
 * et al. 2024) the negative prompt is left out.
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
        : add(first, scale, subtract(second, first)); // at 1, too: the reference rounds so
    return { denoised, uncond: first };
  };
}

/** A network whose numbers overflow, or a device that computes nothing, gives a black or noisy picture if nobody looks. */
function checkOutput(output: Vec, input: Vec, conditionings: number, timestep: number): void {
  const length = conditionings * input.length;
  if (output.length !== length)
    throw new Error(
      `the network returned ${output.length} values at timestep ${timestep}, expected ${length}`,
    );
  const bad = firstNotFinite(output);
  if (bad >= 0) {
    mustNotDiverge(input, `what the network was given at timestep ${timestep}`);
    throw new NonFiniteError(
      `the network returned ${output[bad]!} at timestep ${timestep} (value ${bad} of ${length}): ` +
        'its numbers overflowed on this device, or the checkpoint is damaged',
    );
  }
  if (isAllEqual(output))
    throw new DeviceError(
      `the network returned ${output[0]!} in all of its ${length} values at timestep ${timestep}: this device returns wrong results`,
    );
}
