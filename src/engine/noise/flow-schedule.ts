import type { NoiseSchedule } from './noise-schedule.ts';

const f32 = Math.fround;

/** How a flow model bends the straight path's timesteps. */
export interface FlowOptions {
  /** α of the timestep shift, t ↦ αt / (1 + (α - 1)t); 1 shifts nothing. FLUX papers give μ = ln α. */
  readonly shift?: number;
  /** Length of the table of levels that some schedulers pick from. */
  readonly entries?: number;
}

/** The straight path from image (σ = 0) to noise (σ = 1) of rectified flow models; without options that of FLUX.1-schnell. */
export function flowSchedule({ shift = 1, entries = 1000 }: FlowOptions = {}): NoiseSchedule {
  const shift32 = f32(shift);
  const sigma = (timestep: number): number => {
    const t = f32(timestep);
    return shift === 1 ? t : f32(f32(1 / f32(shift32 + f32(f32(1 / t) - 1))) * shift32);
  };
  const table = Float32Array.from({ length: entries }, (_, i) => sigma((i + 1) / entries));

  return {
    prediction: 'flow',
    table,
    sigmaMin: table[0]!,
    sigmaMax: table[entries - 1]!,
    timestep: (sigma) => sigma,
    sigma,
    percentToSigma(percent) {
      if (percent <= 0) return 1;
      if (percent >= 1) return 0;
      const t = 1 - percent;
      return shift === 1 ? t : shift / (shift + (1 / t - 1));
    },
  };
}
