import { describe, expect, it } from 'vitest';
import { ALIGNED_LEVELS } from '../../../src/engine/noise/align-your-steps.ts';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../../src/engine/noise/flow-schedule.ts';
import { SCHEDULER_NAMES } from '../../../src/engine/noise/names.ts';
import { buildSigmas } from '../../../src/engine/noise/sigmas.ts';

const eps = epsSchedule('eps', { aligned: ALIGNED_LEVELS.SD1 });
const flow = flowSchedule();

/** What is wrong with a schedule of any run; empty if nothing. */
function faults(sigmas: Float32Array, steps: number): string[] {
  const found: string[] = [];
  if (sigmas.length < 2) found.push('no step');
  if (!sigmas.every(Number.isFinite)) found.push('not finite');
  if (sigmas.some((sigma, i) => i > 0 && sigma > sigmas[i - 1]!)) found.push('increases');
  if (sigmas.at(-1) !== 0) found.push('does not end in 0');
  if (sigmas.slice(0, -1).some((sigma) => sigma <= 0)) found.push('0 before the end');
  if (sigmas.length > Math.max(2 * steps + 2, 3)) found.push('too long');
  return found;
}

describe('buildSigmas', () => {
  it.each(SCHEDULER_NAMES)('%s descends to 0 for 1 to 150 steps and any denoise', (scheduler) => {
    const wrong: unknown[] = [];
    for (const schedule of scheduler === 'align_your_steps' ? [eps] : [eps, flow]) {
      for (let steps = 1; steps <= 150; steps++) {
        for (const denoise of [1, 0.9999, 0.3]) {
          for (const discardPenultimate of [false, true]) {
            const sigmas = buildSigmas({ schedule, scheduler, steps, denoise, discardPenultimate });
            const found = faults(sigmas, steps);
            if (found.length > 0) wrong.push({ steps, denoise, discardPenultimate, found, sigmas });
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(SCHEDULER_NAMES)('%s copes with a denoise next to nothing', (scheduler) => {
    const sigmas = buildSigmas({ schedule: eps, scheduler, steps: 150, denoise: 1e-300 });
    expect(faults(sigmas, 150)).toEqual([]);
    expect(sigmas.length).toBe(151);
    expect(sigmas[0]).toBeLessThan(scheduler === 'ddim_uniform' || scheduler === 'beta' ? 2 : 0.05);
  });

  it('takes the end of a longer schedule for a partial denoise', () => {
    const whole = buildSigmas({ schedule: eps, scheduler: 'normal', steps: 40 });
    const half = buildSigmas({ schedule: eps, scheduler: 'normal', steps: 20, denoise: 0.5 });
    expect(half).toEqual(whole.subarray(20));
  });

  it('leaves out the level before the last when asked to', () => {
    const longer = buildSigmas({ schedule: eps, scheduler: 'karras', steps: 11 });
    const discarded = buildSigmas({
      schedule: eps,
      scheduler: 'karras',
      steps: 10,
      discardPenultimate: true,
    });
    expect(discarded).toEqual(Float32Array.of(...longer.subarray(0, 10), 0));
  });

  it('refuses align_your_steps for a model without such levels', () => {
    const options = { schedule: flow, scheduler: 'align_your_steps', steps: 10 } as const;
    expect(() => buildSigmas(options)).toThrow('align_your_steps: this model has no such noise levels');
  });

  it('is empty for a denoise of 0', () => {
    expect(buildSigmas({ schedule: eps, scheduler: 'beta', steps: 20, denoise: 0 })).toEqual(
      new Float32Array(0),
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses %s steps', (steps) => {
    expect(() => buildSigmas({ schedule: eps, scheduler: 'normal', steps })).toThrow(
      `steps must be a positive integer, got ${steps}`,
    );
  });

  it.each([-0.1, 1.1, NaN])('refuses a denoise of %s', (denoise) => {
    expect(() => buildSigmas({ schedule: eps, scheduler: 'normal', steps: 20, denoise })).toThrow(
      `denoise must be from 0 to 1, got ${denoise}`,
    );
  });
});
