import { expect } from 'vitest';
import type { SchedulerName } from '../../../src/engine/noise/names.ts';
import type { SamplerName } from '../../../src/engine/samplers/names.ts';
import { run, SCHEDULES } from './toy-run.ts';

/** What models predict. */
export const PREDICTIONS = ['eps', 'v', 'flow'] as const;

type Extreme = readonly [steps: number, denoise: number, cfg: number];

/** Settings at the ends of their ranges. */
export const EXTREMES: readonly Extreme[] = [
  [1, 1, 8],
  [1, 0.01, 1],
  [2, 0.01, 100],
  [3, 1, 100],
  [4, 0.5, 0],
  [5, 0.0001, 8],
];

/** The same with many steps, which take long. */
export const LONG_EXTREMES: readonly Extreme[] = [
  [40, 0.05, 8],
  [150, 0.01, 2],
];

/** Samples with each setting: all is finite, and the steps are those that were announced. */
export async function holdsAt(
  prediction: (typeof PREDICTIONS)[number],
  samplerName: SamplerName,
  schedulers: readonly SchedulerName[],
  extremes: readonly Extreme[],
): Promise<void> {
  for (const scheduler of schedulers) {
    for (const [steps, denoise, cfg] of extremes) {
      const schedule = SCHEDULES[prediction];
      const {
        plan,
        steps: reported,
        result,
      } = run({ schedule, samplerName, scheduler, steps, denoise }, { cfg, seed: 2n ** 64n - 1n });
      const all = [await result, ...reported.flatMap(({ x, denoised }) => [x, denoised])];
      const label = `${scheduler} ${steps} ${denoise} ${cfg}`;
      expect(
        all.every((vector) => vector.every(Number.isFinite)),
        label,
      ).toBe(true);
      expect(reported.at(-1)?.totalSteps ?? 0, label).toBe(reported.length);
      if (samplerName !== 'dpm_adaptive') expect(reported.length, label).toBe(plan.totalSteps);
    }
  }
}
