import { exp } from '../float32/cephes.ts';
import { linspace } from '../float32/linspace.ts';
import { alignedLevels } from './align-your-steps.ts';
import { betaCdf } from './beta-distribution.ts';
import type { SchedulerName } from './names.ts';
import type { NoiseSchedule } from './noise-schedule.ts';

const f32 = Math.fround;

/**
 * Chooses `steps` ≥ 1 noise levels of a schedule: f32 σ, descending, without the final 0. Some schedulers
 * return fewer or more levels.
 */
export type Scheduler = (schedule: NoiseSchedule, steps: number) => Float32Array | number[];

/** Evenly spaced timesteps, from the noisiest to the cleanest. */
function normal({ sigmaMin, sigmaMax, timestep, sigma }: NoiseSchedule, steps: number): Float32Array {
  return linspace(timestep(sigmaMax), timestep(sigmaMin), steps).map(sigma);
}

/** Evenly spaced timesteps that end one interval above the cleanest, as in Stability's generative-models. */
const sgmUniform: Scheduler = (schedule, steps) => normal(schedule, steps + 1).subarray(0, steps);

/** Karras et al. 2022, equation 5 with ρ = 7. */
const karras: Scheduler = ({ sigmaMin, sigmaMax }, steps) => {
  const ρ = 7;
  const top = sigmaMax ** (1 / ρ);
  const span = f32(sigmaMin ** (1 / ρ) - top);
  const root = (ramp: number): number => f32(f32(top) + f32(ramp * span));
  return linspace(0, 1, steps).map((ramp) => root(ramp) ** ρ);
};

/** Evenly spaced logarithms of σ. */
const exponential: Scheduler = ({ sigmaMin, sigmaMax }, steps) =>
  linspace(Math.log(sigmaMax), Math.log(sigmaMin), steps).map(exp);

/** Evenly spaced entries of the table, starting from the last. */
const simple: Scheduler = ({ table }, steps) => {
  const stride = table.length / steps;
  return Array.from({ length: steps }, (_, i) => table.at(-1 - Math.trunc(i * stride))!);
};

/**
 * Every k-th entry of the table, starting from the second, as in the DDIM paper's code. The number of entries
 * may differ from `steps`.
 */
const ddimUniform: Scheduler = ({ table }, steps) => {
  const stride = Math.max(Math.floor(table.length / steps), 1);
  const ascending: number[] = [];
  for (let i = 1; i < table.length; i += stride) ascending.push(table[i]!);
  return ascending.reverse();
};

/**
 * Table entries at the quantiles 1 - i/steps of Beta(0.6, 0.6), without repetitions. Quantiles are rounded to
 * entries by comparing probabilities, which needs no inverse. A tie between two entries goes to the even one.
 */
const beta: Scheduler = ({ table }, steps) => {
  const last = table.length - 1;
  const upTo = Float64Array.from({ length: last }, (_, j) => betaCdf((j + 0.5) / last));
  const spacing = 1 / steps;
  const sigmas: number[] = [];
  let entry = last;
  for (let i = 0; i < steps; i++) {
    const p = 1 - i * spacing;
    const before = entry;
    while (entry > 0 && (p < upTo[entry - 1]! || (p === upTo[entry - 1] && entry % 2 === 1))) entry--;
    if (i === 0 || entry !== before) sigmas.push(table[entry]!);
  }
  return sigmas;
};

/** Share of the way that `linear_quadratic` covers linearly. */
const LINEAR_PART = 0.025;

/**
 * The first half of the steps covers a fortieth of the way in equal parts. The second half covers the rest
 * along a parabola that continues the line smoothly (Genmo 2024, Mochi).
 */
const linearQuadratic: Scheduler = ({ sigmaMax }, steps) => {
  if (steps === 1) return [sigmaMax];
  const half = Math.floor(steps / 2);
  const slope = LINEAR_PART / half;
  const rest = steps - half;
  const excess = half - LINEAR_PART * steps;
  const q = excess / (half * rest ** 2);
  const l = slope - (2 * excess) / rest ** 2;
  const done = (i: number): number => (i < half ? i * slope : q * i ** 2 + l * i + q * half ** 2);
  return Array.from({ length: steps }, (_, i) => f32(f32(1 - done(i)) * sigmaMax));
};

/**
 * Evenly spaced arctangents of σ, which minimise the Kullback–Leibler divergence per step: Sabour et al.
 * 2024, theorem 3.1.
 */
const klOptimal: Scheduler = ({ sigmaMin, sigmaMax }, steps) => {
  const low = f32(Math.atan(sigmaMin));
  const high = f32(Math.atan(sigmaMax));
  return Array.from({ length: steps }, (_, i) => {
    const way = steps === 1 ? 0 : f32(i / (steps - 1));
    const angle = f32(f32(way * low) + f32(f32(1 - way) * high));
    return Math.min(f32(Math.tan(angle)), sigmaMax);
  });
};

/** Levels optimised for the network; only for schedules that have them. */
const alignYourSteps: Scheduler = ({ aligned }, steps) => {
  if (!aligned) throw new RangeError('align_your_steps: this model has no such noise levels');
  return alignedLevels(aligned, steps);
};

/** The schedulers by name. */
export const SCHEDULERS = {
  normal,
  karras,
  exponential,
  sgm_uniform: sgmUniform,
  simple,
  ddim_uniform: ddimUniform,
  beta,
  linear_quadratic: linearQuadratic,
  kl_optimal: klOptimal,
  align_your_steps: alignYourSteps,
} satisfies Record<SchedulerName, Scheduler>;
