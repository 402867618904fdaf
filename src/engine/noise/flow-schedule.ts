import type { NoiseSchedule } from './noise-schedule.ts';

const f32 = Math.fround;

/** How a flow model bends the straight path's times, and how it counts them. */
export interface FlowOptions {
  /** α of t ↦ αt / (1 + (α - 1)t), Esser et al. 2024; 1 shifts nothing. */
  readonly shift?: number;
  /** The same shift as FLUX gives it, by μ = ln α; takes the place of `shift`. Rounds otherwise. */
  readonly mu?: number;
  /** Length of the table of levels that some schedulers pick from. */
  readonly entries?: number;
  /** The timestep of σ = 1: 1 for FLUX, 1000 for SD3. */
  readonly multiplier?: number;
}

/** How the level σ comes from the time t, 0..1: in f32, and in doubles. */
interface Shift {
  readonly rounded: (t: number) => number;
  readonly exact: (t: number) => number;
}

const ratioShift = (alpha: number): Shift => ({
  rounded: (t) => f32(f32(f32(alpha) * t) / f32(1 + f32(f32(alpha - 1) * t))),
  exact: (t) => (alpha * t) / (1 + (alpha - 1) * t),
});

function exponentialShift(mu: number): Shift {
  const alpha = Math.exp(mu);
  return {
    rounded: (t) => f32(f32(1 / f32(f32(alpha) + f32(f32(1 / t) - 1))) * f32(alpha)),
    exact: (t) => alpha / (alpha + (1 / t - 1)),
  };
}

const NO_SHIFT: Shift = { rounded: (t) => t, exact: (t) => t };

/** The straight path from image (σ = 0) to noise (σ = 1) of rectified flow models; without options that of FLUX.1-schnell. */
export function flowSchedule({
  shift = 1,
  mu,
  entries = 1000,
  multiplier = 1,
}: FlowOptions = {}): NoiseSchedule {
  const { rounded, exact } =
    mu !== undefined ? exponentialShift(mu) : shift === 1 ? NO_SHIFT : ratioShift(shift);
  const table = Float32Array.from({ length: entries }, (_, i) => rounded(f32((i + 1) / entries)));

  return {
    prediction: 'flow',
    table,
    shifted: (alpha) => flowSchedule({ shift: alpha, entries, multiplier }),
    sigmaMin: table[0]!,
    sigmaMax: table[entries - 1]!,
    timestep: (sigma) => f32(sigma * multiplier),
    sigma: (timestep) => rounded(f32(f32(timestep) / multiplier)),
    percentToSigma(percent) {
      if (percent <= 0) return 1;
      return percent >= 1 ? 0 : exact(1 - percent);
    },
  };
}

/** A schedule with another timestep shift; undefined leaves it its own. Throws RangeError for a schedule without a timestep shift. */
export function shiftedSchedule(schedule: NoiseSchedule, alpha: number | undefined): NoiseSchedule {
  if (alpha === undefined) return schedule;
  if (!schedule.shifted) throw new RangeError('flowShift: this model has no timestep shift');
  return schedule.shifted(alpha);
}
