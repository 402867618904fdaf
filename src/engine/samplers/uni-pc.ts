import { exp, expm1, log } from '../float32/cephes.ts';
import { add, combine, divide, scale, slope, subtract, weightedSum, type Vec } from '../float32/vec.ts';
import { unitDeviation } from './noise-path.ts';
import type { Sampler } from './sampler.ts';

const f32 = Math.fround;
const ORDER = 3;

/**
 * The paper's variance-preserving variables at noise level σ: x_vp = α·x, deviation √(1 - α²), λ =
 * ln(α/deviation).
 */
interface Level {
  readonly alpha: number;
  readonly deviation: number;
  readonly lambda: number;
}

/** A prediction of the image and its noise level. */
interface Prediction {
  readonly level: Level;
  readonly image: Vec;
}

/** Past predictions, the newest first, no two at the same λ. */
type Past = readonly [Prediction, ...Prediction[]];

/** The paper's B(h) as a function of hh = -h, the sign for data prediction. */
type StepFunction = (hh: number) => number;

/** Rounds to f32 at each operation, like the reference: 1 - α² of a small σ has few digits. */
function levelOf(sigma: number): Level {
  const logAlpha = f32(0.5 * log(f32(1 / f32(f32(sigma * sigma) + 1))));
  const variance = f32(1 - exp(f32(2 * logAlpha)));
  return {
    alpha: exp(logAlpha),
    deviation: f32(Math.sqrt(variance)),
    lambda: f32(logAlpha - f32(0.5 * log(variance))),
  };
}

/**
 * The step from the newest prediction to another level: predicted from the past, and corrected with a
 * prediction made there.
 */
function unifiedStep(x: Vec, [{ level: from, image }, ...older]: Past, to: Level, B: StepFunction) {
  const h = f32(to.lambda - from.lambda);
  if (h === 0) return { predicted: () => x, corrected: () => x }; // too small a step for f32
  const hh = -h;
  const b = rightSide(hh, B(hh), older.length + 1);
  const r = older.map(({ level }) => f32(f32(level.lambda - from.lambda) / h));
  const differences = older.map((past, k) => divide(subtract(past.image, image), r[k]!));

  const base = combine(to.deviation / from.deviation, x, -to.alpha * expm1(hh), image);
  const along = (rho: readonly number[], vectors: readonly Vec[]): Vec =>
    rho.length === 0 ? base : add(base, -to.alpha * B(hh), weightedSum(rho, vectors));
  return {
    predicted: () => along(r.length === 1 ? [0.5] : solve(vandermonde(r), b), differences),
    corrected: (next: Vec) => {
      const rho = r.length === 0 ? [0.5] : solve(vandermonde([...r, 1]), b);
      return along(rho, [...differences, subtract(next, image)]);
    },
  };
}

/** Row k of R holds the k-th powers of the relative times r. */
const vandermonde = (r: readonly number[]): number[][] => r.map((_, k) => r.map((rj) => rj ** k));

/** The first `count` entries φ_k·k!/B of the right-hand side for R. */
function rightSide(hh: number, b: number, count: number): number[] {
  const side: number[] = [];
  let factorial = 1;
  let phi = f32(f32(expm1(hh) / hh) - 1);
  for (let k = 1; k <= count; k++) {
    side.push(f32(f32(phi * factorial) / b));
    factorial *= k + 1;
    phi = f32(f32(phi / hh) - f32(1 / factorial));
  }
  return side;
}

/**
 * Solves a·x = b by Gauss–Jordan elimination with pivoting. Uses as many entries of `b` as `a` has rows;
 * three at most.
 */
function solve(a: readonly number[][], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best));
    rows[rows.indexOf(pivot)] = rows[i]!;
    rows[i] = pivot;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[i]! / pivot[i]!;
      for (let j = i; j <= n; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/**
 * UniPC, Zhao et al. 2023, algorithms 1 and 2 with data prediction: the evaluation at the end of a step first
 * corrects that step and then predicts the next one. The order rises at the start and falls at the end. A
 * single step only rescales x.
 */
const uniPc =
  (B: StepFunction): Sampler =>
  async (x, run) => {
    const { sigmas } = run;
    const N = sigmas.length - 1;
    const maxOrder = Math.min(ORDER, N - 1);

    const levels = Array.from(sigmas, levelOf);

    const predict = async (x: Vec, i: number): Promise<Prediction> => {
      const sigma = sigmas[i]!;
      const level = levels[i]!;
      const input = scale(unitDeviation(sigma), x);
      const noise = slope(input, await run.evaluate(input, sigma), sigma);
      return { level, image: divide(add(x, -level.deviation, noise), level.alpha) };
    };

    x = divide(x, unitDeviation(sigmas[0]!));
    let past: [Prediction, ...Prediction[]] = [await predict(x, 0)];
    for (let i = 0; i < N; i++) {
      if (i > 0) {
        past.length = Math.min(past.length, i < maxOrder ? i : Math.min(maxOrder, N + 1 - i));
        const step = unifiedStep(x, past, levels[i]!, B);
        const next = await predict(step.predicted(), i);
        x = step.corrected(next.image);
        past = [next, ...past.filter(({ level }) => level.lambda !== next.level.lambda)];
        if (i === N - 1) x = unifiedStep(x, [next], levels[N]!, B).predicted();
      }
      run.report({ index: i, sigma: sigmas[i]!, x, denoised: past[0].image });
    }
    return divide(x, levels[N]!.alpha);
  };

/** UniPC with B(h) = h. */
export const uniPcBh1 = uniPc((hh) => hh);

/** UniPC with B(h) = e^h - 1. */
export const uniPcBh2 = uniPc((hh) => expm1(hh));
