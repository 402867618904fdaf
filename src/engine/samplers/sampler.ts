import type { Vec } from '../float32/vec.ts';
import type { NoisePath } from './noise-path.ts';

/** One step of the schedule, from `sigma` to `next`. */
export interface Step {
  readonly index: number;
  readonly sigma: number;
  readonly next: number;
}

/** A guided prediction, and the one without the prompt. */
export interface GuidedPrediction {
  readonly denoised: Vec;
  readonly uncond: Vec;
}

/** What is known at a step: its input, and the image it points to. */
export interface StepReport {
  readonly index: number;
  readonly sigma: number;
  readonly x: Vec;
  readonly denoised: Vec;
  /** Set by a sampler that chooses its steps itself: how many there will be, as far as it knows now. */
  readonly totalSteps?: number;
}

/** Everything that a sampler asks from outside. Predictions reject with CanceledError once the run is aborted. */
export interface Run {
  /** Noise levels, descending, ending in 0 unless the run stops half way. */
  readonly sigmas: Vec;
  /** The same as steps, one between each two neighbours. */
  readonly steps: readonly Step[];
  readonly path: NoisePath;
  /** The σ that is left when a part, 0..1, of the model's way to the image is done; a double. */
  readonly sigmaAfter: (part: number) => number;
  /** The share of ancestral noise, 0..1; 1 for all of it. Only samplers with `takesEta` look at it. */
  readonly eta: number;
  /** The denoised image at `step.sigma`; reports the step. */
  predict(x: Vec, step: Step): Promise<Vec>;
  /** The same, together with the prediction without the prompt, whatever the guidance scale. */
  predictBoth(x: Vec, step: Step): Promise<GuidedPrediction>;
  /** The denoised image at any σ; reports nothing. */
  evaluate(x: Vec, sigma: number): Promise<Vec>;
  /** The same, together with the prediction without the prompt. */
  evaluateBoth(x: Vec, sigma: number): Promise<GuidedPrediction>;
  /** For samplers whose steps are not the schedule's. */
  report(report: StepReport): void;
  /** The next standard normal vector of the run's ancestral noise. */
  noise(): Vec;
  /** The standard normal increment of the run's Brownian motion from one σ to another. */
  brownian(from: number, to: number): Vec;
}

/** Takes noisy x at the first σ down the schedule. */
export type Sampler = (x: Vec, run: Run) => Promise<Vec>;

/** A sampler and what others must know of it. */
export interface SamplerSpec {
  readonly sample: Sampler;
  /** One sentence for people who choose. */
  readonly description: string;
  /** Adds noise on the way: two runs differ by their seed not only in the start. */
  readonly stochastic: boolean;
  /** Guidance scales and numbers of steps that suit it, whatever the model: least and most. */
  readonly cfg?: readonly [number, number];
  readonly steps?: readonly [number, number];
  /** Network evaluations in a regular step. */
  readonly evaluationsPerStep: number;
  /** Steps that will be reported for these sigmas; the schedule's own when left out. */
  readonly plannedSteps?: (sigmas: Vec) => number;
  /** The schedule is built with one step more and loses its second-to-last σ. */
  readonly discardPenultimate?: boolean;
  /** Takes the place of a final 0, which the sampler cannot reach. */
  readonly finalSigma?: number;
  /** Divides by the length of past steps: repeated sigmas are merged. */
  readonly needsDistinctSigmas?: boolean;
  /** Asks for the prediction without the prompt whatever the guidance scale. */
  readonly needsUncond?: boolean;
  /** Asks the run for `eta` and `sNoise`: both make sense for it only if it says so. */
  readonly takesEta?: boolean;
  readonly takesNoiseScale?: boolean;
  /** In inpainting, the noise of the kept region is drawn again (seed + 1). */
  readonly redrawsMaskNoise?: boolean;
}
