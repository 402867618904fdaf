/** What a network was trained to predict: the noise, the velocity of the variance-preserving path, or that of a straight path. */
export const PREDICTION_NAMES = ['eps', 'v', 'flow'] as const;
export type PredictionName = (typeof PREDICTION_NAMES)[number];

/** The noise levels that a model was trained with, and how it numbers them. All values are f32 unless said. */
export interface NoiseSchedule {
  readonly prediction: PredictionName;
  /** σ of the training steps, ascending. */
  readonly table: Float32Array;
  /** First entry of the table. */
  readonly sigmaMin: number;
  /** Last entry of the table. */
  readonly sigmaMax: number;
  /** The timestep that the network gets at noise level σ ≥ 0. */
  readonly timestep: (sigma: number) => number;
  /** The noise level of a timestep, which may lie between two training steps. */
  readonly sigma: (timestep: number) => number;
  /** The σ that is left when `percent` (0..1) of the way to the image is done; a double. */
  readonly percentToSigma: (percent: number) => number;
  /** The same schedule of a flow model with another timestep shift; absent for models whose shift is fixed. */
  readonly shifted?: (alpha: number) => NoiseSchedule;
  /** The levels of ten steps that were found best for the network (see align-your-steps.ts), where they are known. */
  readonly aligned?: readonly number[];
}
