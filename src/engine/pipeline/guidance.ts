import { DeviceError, NonFiniteError } from '../errors.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import { PREDICTIONS } from '../noise/prediction.ts';
import type { SamplerSpec } from '../samplers/sampler.ts';
import { isAllEqual } from './latent-format.ts';
import { add, subtract, type Vec } from '../samplers/vec.ts';
import { mustNotDiverge } from './divergence.ts';

/** Which of the two prompts. */
export type Conditioning = 'negative' | 'positive';

/**
 * One evaluation of the diffusion network for every conditioning given, batched: takes the scaled latent u [B, C, H, W] once and
 * returns the outputs [conditionings · B, C, H, W] in their order, a vector of its own.
 */
export type Network = (u: Vec, timestep: number, conditionings: readonly Conditioning[]) => Promise<Vec>;

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

/** Classifier-free guidance, Ho and Salimans 2022: uncond + (cond - uncond) · cfg. At cfg 1 the negative prompt is left out. */
export function guidedDenoiser(network: Network, schedule: NoiseSchedule, cfg: number): Denoiser {
  const prediction = PREDICTIONS[schedule.prediction];
  const unguided = isUnguided(cfg);
  return async (x, sigma, both) => {
    const conditionings: readonly Conditioning[] =
      unguided && !both ? ['positive'] : ['negative', 'positive'];
    const timestep = schedule.timestep(sigma);
    const input = prediction.input(x, sigma);
    const output = await network(input, timestep, conditionings);
    checkOutput(output, input, conditionings.length, timestep);
    const [first, second] = conditionings.map((_, i) =>
      prediction.denoised(x, output.subarray(i * x.length, (i + 1) * x.length), sigma),
    );
    if (!second) return { denoised: first!, uncond: undefined };
    return { denoised: add(first!, cfg, subtract(second, first!)), uncond: first };
  };
}

/** A network whose numbers overflow, or a device that computes nothing, gives a black or noisy picture if nobody looks. */
function checkOutput(output: Vec, input: Vec, conditionings: number, timestep: number): void {
  const length = conditionings * input.length;
  if (output.length !== length)
    throw new Error(
      `the network returned ${output.length} values at timestep ${timestep}, expected ${length}`,
    );
  const bad = output.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    mustNotDiverge(input, `what the network was given at timestep ${timestep}`);
    throw new NonFiniteError(
      `the network returned ${output[bad]!} at timestep ${timestep} (value ${bad} of ${length}): ` +
        'its numbers overflowed on this device, or the checkpoint is damaged',
    );
  }
  if (isAllEqual(output))
    throw new DeviceError(
      `the network returned ${output[0]!} in all of its ${length} values at timestep ${timestep}: this device computes wrongly`,
    );
}
