import { describe, expect, it } from 'vitest';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../../src/engine/noise/flow-schedule.ts';
import { planSampling, type SamplingSettings } from '../../../src/engine/pipeline/sampling-plan.ts';

const plan = (settings: Partial<SamplingSettings>) =>
  planSampling({
    schedule: flowSchedule(),
    samplerName: 'euler',
    scheduler: 'simple',
    steps: 5,
    denoise: 1,
    ...settings,
  });
const levels = (settings: Partial<SamplingSettings>) =>
  Array.from(plan(settings).sigmas, (sigma) => Number(sigma.toFixed(3)));

describe('a sampling plan', () => {
  it('has one level more than steps', () => {
    expect(levels({})).toEqual([1, 0.8, 0.6, 0.4, 0.2, 0]);
    expect(plan({}).totalSteps).toBe(5);
  });

  it('runs a part of the schedule, and leaves its noise unless told otherwise', () => {
    expect(levels({ startStep: 1, lastStep: 3 })).toEqual([0.8, 0.6, 0.4]);
    expect(levels({ startStep: 1, lastStep: 3, forceFullDenoise: true })).toEqual([0.8, 0.6, 0]);
    expect(levels({ lastStep: 9, forceFullDenoise: true })).toEqual(levels({}));
    expect(plan({ startStep: 1, lastStep: 3 }).totalSteps).toBe(2);
  });

  it('drops the level before the last where a sampler ends badly with it', () => {
    const settings = { scheduler: 'normal', schedule: epsSchedule(), steps: 3 } as const;
    const all = levels({ ...settings, steps: 4 });
    expect(levels({ ...settings, samplerName: 'dpm_2' })).toEqual([...all.slice(0, 3), 0]);
  });

  it('ends above 0 where a sampler cannot reach it', () => {
    expect(plan({ samplerName: 'uni_pc' }).sigmas.at(-1)).toBe(Math.fround(0.001));
    expect(levels({ samplerName: 'uni_pc', lastStep: 3 }).at(-1)).not.toBe(0.001);
  });

  it('counts the steps that really run', () => {
    const odd = { schedule: epsSchedule(), scheduler: 'ddim_uniform', steps: 30 } as const;
    expect(plan(odd).totalSteps).toBe(31);
    expect(plan({ ...odd, scheduler: 'beta', steps: 150 }).totalSteps).toBe(149);
    expect(plan({ steps: 20, samplerName: 'dpm_fast' }).totalSteps).toBe(7);
    expect(plan({ denoise: 0 }).totalSteps).toBe(0);
    expect(plan({ steps: 1, samplerName: 'dpm_adaptive' }).totalSteps).toBe(0);
  });

  it('merges levels that repeat where a sampler divides by their distance', () => {
    const fine = { steps: 50, denoise: 0.01 };
    expect(plan({ ...fine }).totalSteps).toBe(50);
    const { sigmas } = plan({ ...fine, samplerName: 'dpmpp_2m' });
    expect(new Set(sigmas).size).toBe(sigmas.length);
    expect([...new Set(plan(fine).sigmas)]).toEqual([...sigmas]);
  });

  it('refuses settings that are out of range', () => {
    expect(() => plan({ steps: 0 })).toThrow(RangeError);
    expect(() => plan({ denoise: 1.5 })).toThrow('denoise must be from 0 to 1, got 1.5');
  });
});
