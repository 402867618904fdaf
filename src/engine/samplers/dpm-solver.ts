import { linspace } from '../noise/linspace.ts';
import { exp } from '../random/cephes.ts';
import type { Run, Sampler } from './sampler.ts';
import { add, slope, subtract, type Vec } from './vec.ts';

const f32 = Math.fround;

/** A point of the solver's way, in its time t = -ln σ, with the noise prediction ε = (x - denoised)/σ there. */
interface Point {
  readonly x: Vec;
  readonly t: number;
  readonly e: Vec;
}

const timeOf = (sigma: number): number => -f32(Math.log(sigma));
const sigmaAt = (t: number): number => exp(-f32(t));

async function noiseAt(run: Run, x: Vec, t: number): Promise<Vec> {
  const sigma = sigmaAt(t);
  return slope(x, await run.evaluate(x, sigma), sigma);
}

const denoisedAt = ({ x, t, e }: Point): Vec => add(x, -sigmaAt(t), e);

/** DPM-Solver-1, Lu et al. 2022, equation 3.7: x at t + h with constant ε. */
const firstOrder = ({ x, t, e }: Point, h: number): Vec => add(x, -sigmaAt(t + h) * f32(Math.expm1(h)), e);

/** The same with the change of ε up to a stage, weighted. */
const withChange = (from: Point, h: number, weight: number, stage: Vec): Vec =>
  add(firstOrder(from, h), -sigmaAt(from.t + h) * weight, subtract(stage, from.e));

/** DPM-Solver-2, algorithm 4, from ε₁ at the fraction r₁ of the step. */
const secondOrder = (from: Point, h: number, r1: number, e1: Vec): Vec =>
  withChange(from, h, f32(Math.expm1(h)) / (2 * r1), e1);

/** DPM-Solver-3, algorithm 5, with r₁ = 1/3 and r₂ = 2/3, from ε₁. */
async function thirdOrder(run: Run, from: Point, h: number, e1: Vec): Promise<Vec> {
  const r1 = 1 / 3;
  const r2 = 2 / 3;
  const h2 = f32(r2 * h);
  const u2 = withChange(from, h2, (r2 / r1) * meanGrowth(h2), e1);
  const e2 = await noiseAt(run, u2, from.t + h2);
  return withChange(from, h, meanGrowth(h) / r2, e2);
}

/** (e^h - 1)/h - 1, by how much the mean of e^t over [0, h] exceeds 1. */
const meanGrowth = (h: number): number => (h === 0 ? 0 : f32(f32(f32(Math.expm1(h)) / h) - 1));

/** One step of the given order with as many evaluations, the one at its start included. */
async function singleStep(run: Run, from: Point, h: number, order: number): Promise<Vec> {
  if (order === 1) return firstOrder(from, h);
  const r1 = order === 2 ? 1 / 2 : 1 / 3;
  const h1 = f32(r1 * h);
  const e1 = await noiseAt(run, firstOrder(from, h1), from.t + h1);
  return order === 2 ? secondOrder(from, h, r1, e1) : thirdOrder(run, from, h, e1);
}

/** From the first to the last positive σ: the solver never reaches 0. */
function timeRange(sigmas: Vec): { start: number; end: number } {
  const last = sigmas.at(-1)! > 0 ? sigmas.at(-1)! : sigmas.at(-2)!;
  return { start: timeOf(sigmas[0]!), end: timeOf(last) };
}

/** Orders that add up to `evaluations`: threes, and at the end what remains. */
function fastOrders(evaluations: number): number[] {
  const threes = Math.floor(evaluations / 3);
  const rest = evaluations % 3;
  return rest === 0 ? [...Array<number>(threes - 1).fill(3), 2, 1] : [...Array<number>(threes).fill(3), rest];
}

/** Steps that DPM-Solver-fast takes in place of the schedule's. */
export const dpmFastSteps = (sigmas: Vec): number => fastOrders(sigmas.length - 1).length;

/** DPM-Solver-fast, Lu et al. 2022, section 3.3: as many evaluations as the schedule has steps, equal steps in ln σ. */
export const dpmFast: Sampler = async (x, run) => {
  const { start, end } = timeRange(run.sigmas);
  const orders = fastOrders(run.steps.length);
  const times = linspace(start, end, orders.length + 1);
  for (const [index, order] of orders.entries()) {
    const t = times[index]!;
    const from = { x, t, e: await noiseAt(run, x, t) };
    run.report({ index, sigma: sigmaAt(t), x, denoised: denoisedAt(from) });
    x = await singleStep(run, from, f32(times[index + 1]! - t), order);
  }
  return x;
};

const FIRST_STEP = 0.05;
/** The shortest step, taken whatever its error: bounds the number of steps. */
const SHORTEST_STEP = 0.001;
const RELATIVE_TOLERANCE = 0.05;
const ABSOLUTE_TOLERANCE = 0.0078;
/** A step is taken when the next would not have to be shorter than this part of it. */
const ACCEPT = 0.81;
/** A way left that is not worth a step. */
const NEGLIGIBLE = 1e-5;

/** Steps for the way left, if their length keeps doubling. */
const stepsLeft = (way: number, h: number): number =>
  way > NEGLIGIBLE ? Math.ceil(Math.log2(1 + way / h)) : 0;

/** A guess at the steps of the adaptive solver before it starts. */
export const dpmAdaptiveSteps = (sigmas: Vec): number => {
  const { start, end } = timeRange(sigmas);
  return stepsLeft(end - start, FIRST_STEP);
};

/** Root mean square of the difference over what is tolerated. */
function stepError(low: Vec, high: Vec, previous: Vec): number {
  let sum = 0;
  for (let i = 0; i < low.length; i++) {
    const size = Math.max(Math.abs(low[i]!), Math.abs(previous[i]!));
    const tolerated = Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * size);
    sum += ((low[i]! - high[i]!) / tolerated) ** 2;
  }
  return Math.sqrt(sum / low.length);
}

/** DPM-Solver-23, Lu et al. 2022, appendix C: the second order's distance from the third chooses the steps, not the schedule. */
export const dpmAdaptive: Sampler = async (x, run) => {
  const { start, end } = timeRange(run.sigmas);
  let t = start;
  let h = FIRST_STEP;
  let lastLow = x;
  for (let index = 0; t < end - NEGLIGIBLE; index++) {
    const to = Math.min(f32(t + h), end);
    const step = f32(to - t);
    const from = { x, t, e: await noiseAt(run, x, t) };
    const third = f32(step / 3);
    const e1 = await noiseAt(run, firstOrder(from, third), t + third);
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
