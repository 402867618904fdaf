import { CanceledError } from '../errors.ts';
import { scale, type Vec } from '../float32/vec.ts';
import { resizeMask, type Mask } from '../masks/mask.ts';
import { isFullNoise, PREDICTIONS } from '../noise/prediction.ts';
import { BrownianTree } from '../random/brownian.ts';
import { generatorOf, type NoiseDevice, type NormalGenerator } from '../random/noise-device.ts';
import { diffusionPath, flowPath } from '../samplers/noise-path.ts';
import type { Run, StepReport } from '../samplers/sampler.ts';
import { guidedDenoiser, type Denoiser, type Network } from './guidance.ts';
import { fromModelSpace, toModelSpace, type LatentScaling } from './latent-format.ts';
import { differentialMask, maskedDenoiser } from './noise-mask.ts';
import type { SamplingPlan } from './sampling-plan.ts';

export interface SampleOptions {
  readonly plan: SamplingPlan;
  readonly network: Network;
  /** Guidance scale; at 1 the negative prompt is not evaluated. */
  readonly cfg: number;
  readonly rescaleCfg?: number;
  readonly cfgInterval?: { readonly start: number; readonly end: number };
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
  readonly latentFormat: LatentScaling;
  /** Unit noise to start from; drawn from the seed when left out. */
  readonly noise?: Vec;
  /** The share of ancestral noise, 0..1; all of it when left out. For samplers that take it. */
  readonly eta?: number;
  /** Multiplies the noise on the way; 1 when left out. For samplers that take it. */
  readonly sNoise?: number;
  /** Repaints only a part; any size, stretched to the latent's. */
  readonly mask?: Mask;
  /** Of differential diffusion, 0 to 1; without it the mask holds alike from the first step to the last. */
  readonly differential?: number;
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

  let denoise = guidedDenoiser(options.network, schedule, {
    cfg: options.cfg,
    items: options.shape[0],
    ...(options.rescaleCfg !== undefined && { rescale: options.rescaleCfg }),
    ...(options.cfgInterval && { interval: options.cfgInterval }),
  });
  if (options.mask) {
    const [, , height, width] = options.shape;
    const kept = sampler.redrawsMaskNoise ? generatorOf('CPU', seed + 1n).normal(latent.length) : noise;
    const original = (sigma: number) => prediction.start(kept, latent, sigma);
    const plane = resizeMask(options.mask, width, height).data;
    const maskAt =
      options.differential === undefined
        ? () => plane
        : differentialMask(plane, options.differential, sigmas, schedule);
    denoise = maskedDenoiser(denoise, maskAt, latent, original);
  }

  const done = await sampler.sample(x, createRun(options, denoise, generator));
  return fromModelSpace(prediction.finish(done, sigmas.at(-1)!), latentFormat);
}

/** `initial` has drawn the noise to start from. */
function createRun(options: SampleOptions, denoise: Denoiser, initial: NormalGenerator): Run {
  const { plan, seed, latent, signal, onStep, noiseDevice = 'CPU', eta = 1, sNoise = 1 } = options;
  const { schedule, sigmas, totalSteps } = plan;
  let ancestral: NormalGenerator | undefined = noiseDevice === 'GPU' ? initial : undefined;
  let brownian: BrownianTree | undefined;

  const guided = async (x: Vec, sigma: number, both: boolean) => {
    if (signal?.aborted) throw new CanceledError();
    const result = await denoise(x, Math.fround(sigma), both);
    if (signal?.aborted) throw new CanceledError();
    return result;
  };
  const louder = (noise: Vec): Vec => (sNoise === 1 ? noise : scale(sNoise, noise));
  const report = (step: StepReport) => onStep?.({ totalSteps, ...step });

  return {
    sigmas,
    steps: Array.from(sigmas.subarray(1), (next, index) => ({ index, sigma: sigmas[index]!, next })),
    path: schedule.prediction === 'flow' ? flowPath : diffusionPath,
    sigmaAfter: schedule.percentToSigma,
    eta,
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
    async evaluateBoth(x, sigma) {
      const { denoised, uncond } = await guided(x, sigma, true);
      return { denoised, uncond: uncond! };
    },
    noise: () => louder((ancestral ??= generatorOf(noiseDevice, seed + 1n)).normal(latent.length)),
    brownian(from, to) {
      const positive = sigmas.filter((sigma) => sigma > 0);
      brownian ??= new BrownianTree(positive.at(-1)!, positive[0]!, seed, latent.length, noiseDevice);
      return louder(brownian.noise(from, to));
    },
  };
}
