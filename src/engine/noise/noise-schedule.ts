/**
 * What a network was trained to predict: the noise, the velocity v of the variance-preserving path, or the
 * velocity of a straight path.
 */
export const PREDICTION_NAMES = ['eps', 'v', 'flow'] as const;
/** One of PREDICTION_NAMES. */
export type PredictionName = (typeof PREDICTION_NAMES)[number];

/** The noise levels that a model was trained with, and its timesteps. All values are f32 unless noted. */
export interface NoiseSchedule {
  readonly prediction: PredictionName;
  /** σ of the training steps, ascending. */
  readonly table: Float32Array;
  /** First entry of the table. */
  readonly sigmaMin: number;
  /** Last entry of the table. */
  readonly sigmaMax: number;
  /** The timestep for noise level σ ≥ 0. */
  readonly timestep: (sigma: number) => number;
  /** The noise level of a timestep, which may be fractional. */
  readonly sigma: (timestep: number) => number;
  /** σ after `percent` (0..1) of the way to the image; a double. */
  readonly percentToSigma: (percent: number) => number;
  /** The same schedule with another timestep shift; absent for models without one. */
  readonly shifted?: (alpha: number) => NoiseSchedule;
  /** The network's optimal levels for ten steps (see align-your-steps.ts), if known. */
  readonly aligned?: readonly number[];
}
