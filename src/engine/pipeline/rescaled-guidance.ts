import type { Vec } from '../float32/vec.ts';

/**
 * Lin et al. 2024, "Common diffusion noise schedules and sample steps are flawed", section 3.4: the guided velocity is brought
 * back towards the deviation of the one with the prompt. `share` (0..1) says how far; each of the `items` latents for itself.
 * x and the predictions are on the path x = image + σ·noise.
 */
export function rescaledGuidance(
  x: Vec,
  sigma: number,
  { uncond, cond, cfg, share, items }: RescaledGuidance,
): Vec {
  const variance = sigma ** 2 + 1;
  const unit = Math.sqrt(variance) / sigma;
  const velocity = (denoised: Vec) =>
    Float64Array.from(denoised, (value, i) => (x[i]! / variance - value) * unit);
  const [vUncond, vCond] = [velocity(uncond), velocity(cond)];
  const guided = vUncond.map((value, i) => value + cfg * (vCond[i]! - value));
  const size = x.length / items;
  const factors = Array.from({ length: items }, (_, item) => {
    const part = (values: Float64Array) => values.subarray(item * size, (item + 1) * size);
    return share * (deviation(part(vCond)) / deviation(part(guided))) + 1 - share;
  });
  return x.map((value, i) => value / variance - (guided[i]! * factors[Math.floor(i / size)]!) / unit);
}

/** What is guided, and how. */
export interface RescaledGuidance {
  readonly uncond: Vec;
  readonly cond: Vec;
  readonly cfg: number;
  readonly share: number;
  readonly items: number;
}

/** The sample's standard deviation. */
function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
