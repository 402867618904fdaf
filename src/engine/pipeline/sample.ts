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

/** Options of sample. */
export interface SampleOptions {
  readonly plan: SamplingPlan;
  readonly network: Network;
  /** Guidance scale; at 1 the negative prompt is not evaluated. */
  readonly cfg: number;
  readonly rescaleCfg?: number;
  readonly cfgInterval?: { readonly start: number; readonly end: number };
  /** Unsigned 64-bit. Brownian noise uses all bits. */
  readonly seed: bigint;
  /**
   * `CPU`, the default: noise added during sampling is drawn from seed + 1, as in ComfyUI on a CPU. `GPU`: it
   * continues the generator of the initial noise, as in A1111 on a CUDA card.
   */
  readonly noiseDevice?: NoiseDevice;
  /** The VAE's latent, unscaled; all zeros for an empty latent. */
  readonly latent: Vec;
  /** [batch, channels, height, width] of `latent`. Noise is drawn in one fill over all of it. */
  readonly shape: readonly [number, number, number, number];
  readonly latentFormat: LatentScaling;
  /** Initial unit noise; drawn from the seed if absent. */
  readonly noise?: Vec;
  /** Share of ancestral noise, 0..1; 1 if absent. For samplers that use it. */
  readonly eta?: number;
  /** Scale of the noise added during sampling; 1 if absent. For samplers that use it. */
  readonly sNoise?: number;
  /** Region to repaint, of any size; resized to the latent's. */
  readonly mask?: Mask;
  /** Strength of differential diffusion, 0..1; if absent, the mask is constant during the run. */
  readonly differential?: number;
  /** Stops the run between two evaluations. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: SampleStep) => void;
}

/** A step of a run. The vectors are in model space and must not be modified. */
export interface SampleStep extends StepReport {
  readonly totalSteps: number;
}

/**
 * Image-to-image sampling: adds noise to the latent up to the plan's first level, runs the sampler, and
 * returns the unscaled result. Rejects with CanceledError once `signal` is aborted, with NonFiniteError if
 * the network returns NaN or infinity, with DivergedError if its inputs have diverged.
 */
export async function sample(options: SampleOptions): Promise<Vec> {
  const { plan, seed, latentFormat } = options;
  const { schedule, sampler, sigmas } = plan;
  if (sigmas.length < 2) return options.latent.slice();

  const prediction = PREDICTIONS[schedule.prediction];
  const latent = toModelSpace(options.latent, latentFormat);
  const generator = generatorOf(options.noiseDevice ?? 'CPU', seed);
  const drawn = generator.normal(latent.length); // also if noise is given, so that later draws stay the same
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

/** Creates the sampler's run. `initial` is the generator that drew the initial noise. */
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
  const scaled = (noise: Vec): Vec => (sNoise === 1 ? noise : scale(sNoise, noise));
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
    noise: () => scaled((ancestral ??= generatorOf(noiseDevice, seed + 1n)).normal(latent.length)),
    brownian(from, to) {
      const positive = sigmas.filter((sigma) => sigma > 0);
      brownian ??= new BrownianTree(positive.at(-1)!, positive[0]!, seed, latent.length, noiseDevice);
      return scaled(brownian.noise(from, to));
    },
  };
}
