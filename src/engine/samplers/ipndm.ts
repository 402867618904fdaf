import type { Sampler } from './sampler.ts';
import { add, slope, weightedSum, type Vec } from './vec.ts';

const ORDER = 4;

/** Weights of the newest slopes first, over the step length; `h` are the lengths of this step and those before it. */
type Weights = (h: readonly number[]) => readonly number[];

/** Adams–Bashforth weights for equal steps, by order. */
const ADAMS_BASHFORTH = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const;

const evenWeights: Weights = (h) => ADAMS_BASHFORTH[h.length - 1]!;

const pseudoLinearMultistep =
  (weights: Weights): Sampler =>
  async (x, run) => {
    const slopes: Vec[] = []; // newest first
    const lengths: number[] = [];
    for (const step of run.steps) {
      const denoised = await run.predict(x, step);
      if (step.next === 0) return denoised;
      const h = step.next - step.sigma;
      slopes.unshift(slope(x, denoised, step.sigma));
      lengths.unshift(h);
      slopes.length = lengths.length = Math.min(slopes.length, ORDER);
      x = add(x, h, weightedSum(weights(lengths), slopes));
    }
    return x;
  };

/** Improved pseudo linear multistep (iPNDM), Zhang and Chen 2022: Adams–Bashforth as if the steps were equal. */
export const ipndm = pseudoLinearMultistep(evenWeights);

/**
 * The weights for unequal steps that go by the name iPNDM-v. Up to the second order they are the integrals that `lms` takes. The
 * terms of the third and fourth differ from those, and do not always add up to 1: they are kept since pictures depend on them.
 */
const unevenWeights: Weights = ([h, h1, h2, h3]) => {
  if (h === undefined || h1 === undefined) return [1];
  const a = h / (2 * h1);
  if (h2 === undefined) return [1 + a, -a];
  const b = h1 / h2;
  const h12 = h1 + h2;
  const third = 1 / 2 - (h * h) / (6 * h1 * h12);
  if (h3 === undefined) return [1 + a + third, -a - (1 + b) * third, b * third];
  const c = (h1 * h12) / (h2 * (h2 + h3));
  const fourth = (h * (2 * (2 * h + 3 * h1) * (h + h12) + h * (h + 2 * h1))) / (12 * h1 * h12 * (h12 + h3));
  return [
    1 + a + third + fourth,
    -a - (1 + b) * third - (1 + b + c) * fourth,
    b * third + (b + c * (1 + h2 / h3)) * fourth,
    -c * b * fourth,
  ];
};

/** iPNDM with weights for unequal steps. */
export const ipndmV = pseudoLinearMultistep(unevenWeights);
