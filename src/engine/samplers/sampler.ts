import type { Vec } from '../float32/vec.ts';
import type { NoisePath } from './noise-path.ts';

/** One step of the schedule, from `sigma` to `next`. */
export interface Step {
  readonly index: number;
  readonly sigma: number;
  readonly next: number;
}

/** A guided prediction and the unconditional one. */
export interface GuidedPrediction {
  readonly denoised: Vec;
  readonly uncond: Vec;
}

/** A report of a step: its input and its denoised estimate. */
export interface StepReport {
  readonly index: number;
  readonly sigma: number;
  readonly x: Vec;
  readonly denoised: Vec;
  /** Current estimate of the number of steps, from samplers that choose their own steps. */
  readonly totalSteps?: number;
}

/**
 * Everything that a sampler needs from outside. Predictions reject with CanceledError once the run is
 * aborted.
 */
export interface Run {
  /** Noise levels, descending, ending in 0 unless the run stops early. */
  readonly sigmas: Vec;
  /** The steps between adjacent noise levels. */
  readonly steps: readonly Step[];
  /** How signal and noise mix in this model. */
  readonly path: NoisePath;
  /** σ after a share, 0..1, of the schedule; a double. */
  readonly sigmaAfter: (part: number) => number;
  /** Share of ancestral noise, 0..1. Only samplers with `takesEta` use it. */
  readonly eta: number;
  /** The denoised estimate at `step.sigma`. Reports the step. */
  predict(x: Vec, step: Step): Promise<Vec>;
  /** The same with the unconditional prediction, whatever the guidance scale. */
  predictBoth(x: Vec, step: Step): Promise<GuidedPrediction>;
  /** The denoised estimate at any σ. Reports nothing. */
  evaluate(x: Vec, sigma: number): Promise<Vec>;
  /** The same with the unconditional prediction. */
  evaluateBoth(x: Vec, sigma: number): Promise<GuidedPrediction>;
  /** Reports a step, for samplers whose steps are not the schedule's. */
  report(report: StepReport): void;
  /** The next standard normal vector of the run's ancestral noise. */
  noise(): Vec;
  /** The standard normal increment of the run's Brownian motion from one σ to another. */
  brownian(from: number, to: number): Vec;
}

/** Denoises x from the first σ to the last one. */
export type Sampler = (x: Vec, run: Run) => Promise<Vec>;

/** A sampler and its properties. */
export interface SamplerSpec {
  readonly sample: Sampler;
  /** Description in the API: one sentence for users. */
  readonly description: string;
  /** Adds noise during sampling, so that the seed affects more than the initial noise. */
  readonly stochastic: boolean;
  /** Recommended ranges of guidance scale and steps for any model: minimum and maximum. */
  readonly cfg?: readonly [number, number];
  readonly steps?: readonly [number, number];
  /** Network evaluations per regular step. */
  readonly evaluationsPerStep: number;
  /** Number of steps that will be reported for these sigmas; that of the schedule if absent. */
  readonly plannedSteps?: (sigmas: Vec) => number;
  /** Builds the schedule with one step more and omits its penultimate σ. */
  readonly discardPenultimate?: boolean;
  /** Replaces a final σ of 0, which the sampler cannot reach. */
  readonly finalSigma?: number;
  /** Divides by the length of past steps, so that repeated sigmas must be merged. */
  readonly needsDistinctSigmas?: boolean;
  /** Needs the unconditional prediction whatever the guidance scale. */
  readonly needsUncond?: boolean;
  /** Whether the sampler uses `eta`. */
  readonly takesEta?: boolean;
  /** Whether the sampler uses `sNoise`. */
  readonly takesNoiseScale?: boolean;
  /** In inpainting, draws the noise of the preserved region anew (seed + 1). */
  readonly redrawsMaskNoise?: boolean;
}
