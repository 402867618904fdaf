import { exp, expm1 } from '../float32/cephes.ts';
import { linspace } from '../float32/linspace.ts';
import { add, slope, subtract, type Vec } from '../float32/vec.ts';
import { timeOf } from './exponential-step.ts';
import type { Run, Sampler } from './sampler.ts';

const f32 = Math.fround;

/** A point of the solver's trajectory at time t = -ln σ, with the noise prediction ε = (x - denoised)/σ. */
interface Point {
  readonly x: Vec;
  readonly t: number;
  readonly e: Vec;
}

const sigmaAt = (t: number): number => exp(-f32(t));

async function noiseAt(run: Run, x: Vec, t: number): Promise<Vec> {
  const sigma = sigmaAt(t);
  return slope(x, await run.evaluate(x, sigma), sigma);
}

const denoisedAt = ({ x, t, e }: Point): Vec => add(x, -sigmaAt(t), e);

/** End and length of a step or stage. Both are rounded independently. */
interface Stage {
  readonly to: number;
  readonly h: number;
}

/** The stage at the fraction r of a step. */
function stageAt({ t }: Point, step: Stage, r: number): Stage {
  const h = f32(f32(r) * step.h);
  return { to: f32(t + h), h };
}

/** DPM-Solver-1, Lu et al. 2022, equation 3.7: x at t + h with constant ε. */
const firstOrder = ({ x, e }: Point, { to, h }: Stage): Vec => add(x, -sigmaAt(to) * expm1(h), e);

/** firstOrder plus the change of ε up to an earlier stage, times weight / share. */
const withChange = (from: Point, at: Stage, weight: number, share: number, earlier: Vec): Vec =>
  add(firstOrder(from, at), -f32(sigmaAt(at.to) / f32(share)) * weight, subtract(earlier, from.e));

/** DPM-Solver-2, algorithm 4, from ε₁ at the fraction r₁ of the step. */
const secondOrder = (from: Point, step: Stage, r1: number, e1: Vec): Vec =>
  withChange(from, step, expm1(step.h), 2 * r1, e1);

/** DPM-Solver-3, algorithm 5, with r₁ = 1/3 and r₂ = 2/3, from ε₁. */
async function thirdOrder(run: Run, from: Point, step: Stage, e1: Vec): Promise<Vec> {
  const r1 = 1 / 3;
  const r2 = 2 / 3;
  const second = stageAt(from, step, r2);
  const u2 = withChange(from, second, meanGrowth(second.h), r1 / r2, e1);
  return withChange(from, step, meanGrowth(step.h), r2, await noiseAt(run, u2, second.to));
}

/** (e^h - 1)/h - 1, by how much the mean of e^t over [0, h] exceeds 1. */
const meanGrowth = (h: number): number => (h === 0 ? 0 : f32(f32(expm1(h) / h) - 1));

/** ε at the fraction r of a step, at the point that the first order reaches. */
async function noiseAtFraction(run: Run, from: Point, step: Stage, r: number): Promise<Vec> {
  const first = stageAt(from, step, r);
  return noiseAt(run, firstOrder(from, first), first.to);
}

/** A step of the given order with as many evaluations, including the one at its start. */
async function singleStep(run: Run, from: Point, step: Stage, order: number): Promise<Vec> {
  if (order === 1) return firstOrder(from, step);
  const r1 = order === 2 ? 1 / 2 : 1 / 3;
  const e1 = await noiseAtFraction(run, from, step, r1);
  return order === 2 ? secondOrder(from, step, r1, e1) : thirdOrder(run, from, step, e1);
}

/** The times of the first and the last positive σ: the solver never reaches 0. */
function timeRange(sigmas: Vec): { start: number; end: number } {
  const last = sigmas.at(-1)! > 0 ? sigmas.at(-1)! : sigmas.at(-2)!;
  return { start: timeOf(sigmas[0]!), end: timeOf(last) };
}

/** Orders that sum to `evaluations`: threes, followed by the remainder. */
function fastOrders(evaluations: number): number[] {
  const threes = Math.floor(evaluations / 3);
  const rest = evaluations % 3;
  return rest === 0 ? [...Array<number>(threes - 1).fill(3), 2, 1] : [...Array<number>(threes).fill(3), rest];
}

/** Number of steps of DPM-Solver-fast, which replace the schedule's. */
export const dpmFastSteps = (sigmas: Vec): number => fastOrders(sigmas.length - 1).length;

/**
 * DPM-Solver-fast, Lu et al. 2022, section 3.3: as many evaluations as the schedule has steps, equal steps in
 * ln σ.
 */
export const dpmFast: Sampler = async (x, run) => {
  const { start, end } = timeRange(run.sigmas);
  const orders = fastOrders(run.steps.length);
  const times = linspace(start, end, orders.length + 1);
  for (const [index, order] of orders.entries()) {
    const t = times[index]!;
    const from = { x, t, e: await noiseAt(run, x, t) };
    run.report({ index, sigma: sigmaAt(t), x, denoised: denoisedAt(from) });
    const to = times[index + 1]!;
    x = await singleStep(run, from, { to, h: f32(to - t) }, order);
  }
  return x;
};

const FIRST_STEP = 0.05;
/** The minimum step, which is accepted whatever its error: limits the number of steps. */
const SHORTEST_STEP = 0.001;
const RELATIVE_TOLERANCE = f32(0.05);
const ABSOLUTE_TOLERANCE = f32(0.0078);
/** A step is accepted if the next one need not be shorter than this fraction of it. */
const ACCEPT = 0.81;
/** Remaining time that does not need a step. */
const NEGLIGIBLE = 1e-5;

/** Estimated number of remaining steps, if their length keeps doubling. */
const stepsLeft = (time: number, h: number): number =>
  time > NEGLIGIBLE ? Math.ceil(Math.log2(1 + time / h)) : 0;

/** Initial estimate of the number of steps of the adaptive solver. */
export const dpmAdaptiveSteps = (sigmas: Vec): number => {
  const { start, end } = timeRange(sigmas);
  return stepsLeft(end - start, FIRST_STEP);
};

/** Root mean square of the difference relative to the tolerance. */
function stepError(low: Vec, high: Vec, previous: Vec): number {
  let sum = 0;
  for (let i = 0; i < low.length; i++) {
    const size = Math.max(Math.abs(low[i]!), Math.abs(previous[i]!));
    const tolerated = Math.max(ABSOLUTE_TOLERANCE, f32(RELATIVE_TOLERANCE * size));
    sum += f32(f32(low[i]! - high[i]!) / tolerated) ** 2;
  }
  return Math.sqrt(sum / low.length);
}

/**
 * DPM-Solver-23, Lu et al. 2022, appendix C: the difference between second and third order determines the
 * steps, not the schedule.
 */
export const dpmAdaptive: Sampler = async (x, run) => {
  const { start, end } = timeRange(run.sigmas);
  let t = start;
  let h = FIRST_STEP;
  let lastLow = x;
  for (let index = 0; t < end - NEGLIGIBLE; index++) {
    const to = Math.min(f32(t + f32(h)), end);
    const step = { to, h: f32(to - t) };
    const from = { x, t, e: await noiseAt(run, x, t) };
    const e1 = await noiseAtFraction(run, from, step, 1 / 3);
    const low = secondOrder(from, step, 1 / 3, e1);
    const high = await thirdOrder(run, from, step, e1);
    const growth = 1 + Math.atan((stepError(low, high, lastLow) + 1e-8) ** (-1 / 3) - 1);
    if (growth >= ACCEPT || h === SHORTEST_STEP) {
      x = high;
      t = to;
      lastLow = low;
    }
    h = Math.max(h * growth, SHORTEST_STEP);
    const totalSteps = index + 1 + stepsLeft(end - t, h);
    run.report({ index, sigma: sigmaAt(from.t), x, denoised: denoisedAt(from), totalSteps });
  }
  return x;
};
