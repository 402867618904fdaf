import { add, divide, scale, slope, weightedSum, type Vec } from '../float32/vec.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;
const ORDER = 4;

/** Weights of the slopes, newest first. `h` are the lengths of this step and the previous ones. */
type Weights = (h: readonly number[]) => readonly number[];

/** x(next) = x + h·Σ weights_j·slope_j / divisor, the divisor by order. */
const pseudoLinearMultistep =
  (weights: Weights, divisors: readonly number[]): Sampler =>
  async (x, run) => {
    const slopes: Vec[] = []; // newest first
    const lengths: number[] = [];
    for (const step of run.steps) {
      const denoised = await run.predict(x, step);
      if (step.next === 0) return denoised;
      const h = f32(step.next - step.sigma);
      slopes.unshift(slope(x, denoised, step.sigma));
      lengths.unshift(h);
      slopes.length = lengths.length = Math.min(slopes.length, ORDER);
      const change = scale(h, weightedSum(weights(lengths), slopes));
      x = add(x, 1, divide(change, divisors[lengths.length - 1]!));
    }
    return x;
  };

/** Adams–Bashforth weights for equal steps, by order. */
const ADAMS_BASHFORTH = [[1], [3, -1], [23, -16, 5], [55, -59, 37, -9]] as const;

/**
 * Improved pseudo linear multistep (iPNDM), Zhang and Chen 2022: Adams–Bashforth weights for equal steps,
 * whatever the steps.
 */
export const ipndm = pseudoLinearMultistep((h) => ADAMS_BASHFORTH[h.length - 1]!, [1, 2, 12, 24]);

/** Arithmetic rounded to f32 at each operation, from the left. */
const sum = (...terms: number[]): number => terms.reduce((total, term) => f32(total + term));
const product = (...factors: number[]): number => factors.reduce((total, factor) => f32(total * factor));
const quotient = (a: number, b: number): number => f32(a / b);

/**
 * The weights for unequal steps known as iPNDM-v. Up to second order they are the integrals that `lms` uses.
 * The third- and fourth-order terms differ from those and do not always sum to 1. They are kept, because
 * pictures depend on them, and rounded like the reference, because they are differences of large numbers.
 */
const unevenWeights: Weights = ([h, h1, h2, h3]) => {
  if (h === undefined || h1 === undefined) return [1];
  const a = quotient(h, h1);
  const [first, second] = [sum(2, a) / 2, -a / 2];
  if (h2 === undefined) return [first, second];
  const b = quotient(h1, h2);
  const [h01, h12] = [sum(h, h1), sum(h1, h2)];
  const part = quotient(h, product(3, h01));
  const third = sum(1, -quotient(product(part, product(h, h01)), product(h1, h12))) / 2;
  const ofThird = [third, -product(sum(1, b), third), quotient(product(third, h1), h2)] as const;
  if (h3 === undefined) return [sum(first, ofThird[0]), sum(second, ofThird[1]), ofThird[2]];
  const [h02, h13] = [sum(h, h1, h2), sum(h1, h2, h3)];
  const c = quotient(product(h1, h12), product(h2, sum(h2, h3)));
  const mean = quotient(product(sum(1, -quotient(h, product(2, h01))), h), product(6, h02));
  const fourth = quotient(product(sum(sum(1, -part) / 2, mean), product(h, h01, h02)), product(h1, h12, h13));
  return [
    sum(first, ofThird[0], fourth),
    sum(second, ofThird[1], -product(sum(1, b, c), fourth)),
    sum(ofThird[2], product(sum(b, product(c, sum(1, quotient(h2, h3)))), fourth)),
    -quotient(product(fourth, c, h1), h2),
  ];
};

/** iPNDM with weights for unequal steps. */
export const ipndmV = pseudoLinearMultistep(unevenWeights, [1, 1, 1, 1]);
