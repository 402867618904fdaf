import type { NoiseSchedule } from './noise-schedule.ts';

const f32 = Math.fround;

/** Options of flowSchedule: timestep shift and numbering of timesteps. */
export interface FlowOptions {
  /** α of the timestep shift t ↦ αt / (1 + (α - 1)t), Esser et al. 2024; 1 for none. */
  readonly shift?: number;
  /** The same shift by μ = ln α, as in FLUX. Overrides `shift` and rounds differently. */
  readonly mu?: number;
  /** Length of the table of noise levels, from which some schedulers choose. */
  readonly entries?: number;
  /** The timestep of σ = 1: 1 for FLUX, 1000 for SD3. */
  readonly multiplier?: number;
}

/** Maps the time t in 0..1 to σ: in f32, and in doubles. */
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

/**
 * The noise schedule of rectified flow models: the straight path from image (σ = 0) to noise (σ = 1). The
 * default options are FLUX.1-schnell's.
 */
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

/**
 * A schedule with another timestep shift, or the schedule itself if `alpha` is undefined. Throws RangeError
 * if the schedule has no timestep shift.
 */
export function shiftedSchedule(schedule: NoiseSchedule, alpha: number | undefined): NoiseSchedule {
  if (alpha === undefined) return schedule;
  if (!schedule.shifted) throw new RangeError('flowShift: this model has no timestep shift');
  return schedule.shifted(alpha);
}
