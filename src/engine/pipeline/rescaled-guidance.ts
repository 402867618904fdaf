import type { Vec } from '../float32/vec.ts';

const f32 = Math.fround;

/**
 * Guidance rescale: Lin et al. 2024, "Common diffusion noise schedules and sample steps are flawed", section
 * 3.4. Rescales the guided velocity towards the standard deviation of the conditional one by `share` (0..1),
 * separately for each of the `items` latents. x and the predictions are on the path x = image + σ·noise.
 */
export function rescaledGuidance(
  x: Vec,
  sigma: number,
  { uncond, cond, cfg, share, items }: RescaledGuidance,
): Vec {
  const variance = f32(f32(sigma * sigma) + 1);
  const spread = f32(Math.sqrt(variance));
  const clean = x.map((value) => value / variance);
  // Computed from the remaining noise, as the reference does: near pure noise, other forms round noticeably
  // differently.
  const velocity = (denoised: Vec) =>
    denoised.map((value, i) => {
      const noise = f32(x[i]! - value);
      return f32(f32(clean[i]! - f32(x[i]! - noise)) * spread) / sigma;
    });
  const [vUncond, vCond] = [velocity(uncond), velocity(cond)];
  const guided = vUncond.map((value, i) => value + f32(cfg * f32(vCond[i]! - value)));
  const size = x.length / items;
  const ratios = Array.from({ length: items }, (_, item) => {
    const part = (values: Vec) => values.subarray(item * size, (item + 1) * size);
    return f32(deviation(part(vCond)) / deviation(part(guided)));
  });
  return x.map((value, i) => {
    const rescaled = f32(guided[i]! * ratios[Math.floor(i / size)]!);
    const final = f32(f32(share * rescaled) + f32((1 - share) * guided[i]!));
    const noise = f32(value - f32(clean[i]! - f32(f32(final * sigma) / spread)));
    return value - noise;
  });
}

/** Inputs of rescaledGuidance. */
export interface RescaledGuidance {
  readonly uncond: Vec;
  readonly cond: Vec;
  readonly cfg: number;
  readonly share: number;
  readonly items: number;
}

/** Sample standard deviation. */
function deviation(values: Vec): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
