import { CanceledError } from '../errors.ts';
import { isFullNoise, PREDICTIONS } from '../noise/prediction.ts';
import { BrownianTree } from '../random/brownian.ts';
import { generatorOf, type NoiseDevice, type NormalGenerator } from '../random/noise-device.ts';
import { diffusionPath, flowPath } from '../samplers/noise-path.ts';
import type { Run, StepReport } from '../samplers/sampler.ts';
import type { Vec } from '../samplers/vec.ts';
import { guidedDenoiser, type Denoiser, type Network } from './guidance.ts';
import { fromModelSpace, toModelSpace, type LatentFormat } from './latent-format.ts';
import { maskedDenoiser, resizeMask, type NoiseMask } from './noise-mask.ts';
import type { SamplingPlan } from './sampling-plan.ts';

export interface SampleOptions {
  readonly plan: SamplingPlan;
  readonly network: Network;
  /** Guidance scale; at 1 the negative prompt is not evaluated. */
  readonly cfg: number;
  /** Unsigned 64-bit. Brownian noise is drawn from all of them. */
  readonly seed: bigint;
  /**
   * `CPU`, the default: noise on the way is drawn from seed + 1, as ComfyUI does on a CPU. `GPU`: the generator of the initial
   * noise goes on, as in A1111 on a CUDA card.
   */
  readonly noiseDevice?: NoiseDevice;
  /** As the autoencoder gives it, unscaled; all zero for an empty latent. */
  readonly latent: Vec;
  /** [batch, channels, height, width] of `latent`. Noise is one fill over all of it. */
  readonly shape: readonly [number, number, number, number];
  readonly latentFormat: LatentFormat;
  /** Unit noise to start from; drawn from the seed when left out. */
  readonly noise?: Vec;
  /** Repaints only a part. */
  readonly mask?: NoiseMask;
  /** Stops between two evaluations. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: SampleStep) => void;
}

/** A step of a run; the vectors are in model space and must not be written to. */
export interface SampleStep extends StepReport {
  readonly totalSteps: number;
}

/**
 * The image-to-image frame: noises the latent to the plan's first level, lets the sampler take it down, and returns it unscaled.
 * Rejects with CanceledError once `signal` is aborted, with DeviceError when the network returns values that are not finite.
 */
export async function sample(options: SampleOptions): Promise<Vec> {
  const { plan, seed, latentFormat } = options;
  const { schedule, sampler, sigmas } = plan;
  if (sigmas.length < 2) return options.latent.slice();

  const prediction = PREDICTIONS[schedule.prediction];
  const latent = toModelSpace(options.latent, latentFormat);
  const generator = generatorOf(options.noiseDevice ?? 'CPU', seed);
  const drawn = generator.normal(latent.length); // also where other noise is given: the draws that follow stay the same
  const noise = options.noise ?? drawn;
  const x = prediction.start(noise, latent, sigmas[0]!, isFullNoise(schedule, sigmas[0]!));

  let denoise = guidedDenoiser(options.network, schedule, options.cfg);
  if (options.mask) {
    const [, , height, width] = options.shape;
    const kept = sampler.redrawsMaskNoise ? generatorOf('CPU', seed + 1n).normal(latent.length) : noise;
    const original = (sigma: number) => prediction.start(kept, latent, sigma);
    denoise = maskedDenoiser(denoise, resizeMask(options.mask, width, height), latent, original);
  }

  const done = await sampler.sample(x, createRun(options, denoise, generator));
  return fromModelSpace(prediction.finish(done, sigmas.at(-1)!), latentFormat);
}

/** `initial` has drawn the noise to start from. */
function createRun(options: SampleOptions, denoise: Denoiser, initial: NormalGenerator): Run {
  const { plan, seed, latent, signal, onStep, noiseDevice = 'CPU' } = options;
  const { schedule, sigmas, totalSteps } = plan;
  let ancestral: NormalGenerator | undefined = noiseDevice === 'GPU' ? initial : undefined;
  let brownian: BrownianTree | undefined;

  const guided = async (x: Vec, sigma: number, both: boolean) => {
    if (signal?.aborted) throw new CanceledError();
    const result = await denoise(x, Math.fround(sigma), both);
    if (signal?.aborted) throw new CanceledError();
    return result;
  };
  const report = (step: StepReport) => onStep?.({ totalSteps, ...step });

  return {
    sigmas,
    steps: Array.from(sigmas.subarray(1), (next, index) => ({ index, sigma: sigmas[index]!, next })),
    path: schedule.prediction === 'flow' ? flowPath : diffusionPath,
    sigmaOfAlmostNoise: Math.fround(schedule.percentToSigma(1e-4)),
    report,
    async predict(x, { index, sigma }) {
      const { denoised } = await guided(x, sigma, false);
      report({ index, sigma, x, denoised });
      return denoised;
    },
    async predictBoth(x, { index, sigma }) {
      const { denoised, uncond } = await guided(x, sigma, true);
      report({ index, sigma, x, denoised });
      return { denoised, uncond: uncond! };
    },
    evaluate: async (x, sigma) => (await guided(x, sigma, false)).denoised,
    noise: () => (ancestral ??= generatorOf(noiseDevice, seed + 1n)).normal(latent.length),
    brownian(from, to) {
      const positive = sigmas.filter((sigma) => sigma > 0);
      brownian ??= new BrownianTree(positive.at(-1)!, positive[0]!, seed, latent.length, noiseDevice);
      return brownian.noise(from, to);
    },
  };
}
