import { describe, expect, it } from 'vitest';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { flowSchedule, shiftedSchedule } from '../../../src/engine/noise/flow-schedule.ts';

describe('epsSchedule', () => {
  const schedule = epsSchedule();

  it('finds every training step again from its sigma', () => {
    const steps = Array.from(schedule.table, (_, i) => i);
    expect(steps.map((t) => schedule.timestep(schedule.sigma(t)))).toEqual(steps);
    expect(Array.from(schedule.table, schedule.timestep)).toEqual(steps);
  });

  it('tells the first and the last training step for levels beyond the table', () => {
    expect([0, 1e-9, 1e9].map(schedule.timestep)).toEqual([0, 0, 999]);
    expect([-5, 2000].map(schedule.sigma)).toEqual([schedule.sigma(0), schedule.sigma(999)]);
  });

  it('interpolates the logarithm of sigma between training steps', () => {
    const between = schedule.sigma(500.25);
    const expected = schedule.table[500]! ** 0.75 * schedule.table[501]! ** 0.25;
    expect(between / expected).toBeCloseTo(1, 6);
  });

  it('is the same for velocity, save its name', () => {
    const velocity = epsSchedule('v');
    expect(velocity.prediction).toBe('v');
    expect(velocity.table).toEqual(schedule.table);
  });
});

describe('epsSchedule with zero terminal SNR', () => {
  const usual = epsSchedule('v');
  const { table, sigma, timestep, sigmaMax } = epsSchedule('v', { zeroTerminalSnr: true });
  const signal = (sigma: number) => 1 / Math.sqrt(sigma ** 2 + 1);

  it('leaves the first step as it is and the last without signal', () => {
    expect(table[0]).toBeCloseTo(usual.table[0]!, 6);
    expect(sigmaMax / 4518.77).toBeCloseTo(1, 3);
    expect(timestep(sigmaMax)).toBe(999);
    expect(sigma(999)).toBe(sigmaMax);
  });

  it('moves and stretches the signal in between', () => {
    const [first, last] = [signal(usual.table[0]!), signal(usual.table[999]!)];
    for (const t of [100, 500, 900]) {
      const expected = ((signal(usual.table[t]!) - last) * first) / (first - last);
      expect(signal(table[t]!)).toBeCloseTo(expected, 6);
    }
  });
});

describe('flowSchedule', () => {
  it('is the identity without a shift', () => {
    const schedule = flowSchedule();
    expect(schedule.table).toEqual(Float32Array.from({ length: 1000 }, (_, i) => (i + 1) / 1000));
    expect(schedule.timestep(0.25)).toBe(0.25);
    expect(schedule.sigma(0.25)).toBe(0.25);
  });

  it('shifts t to αt / (1 + (α - 1)t)', () => {
    const { table, sigma, percentToSigma, sigmaMax } = flowSchedule({ shift: 3, entries: 10 });
    const expected = Array.from({ length: 10 }, (_, i) => (3 * (i + 1)) / (10 + 2 * (i + 1)));
    expect(table.map((value, i) => value - expected[i]!).every((d) => Math.abs(d) < 1e-7)).toBe(true);
    expect(sigma(0)).toBe(0);
    expect(sigmaMax).toBe(1);
    expect(percentToSigma(0.5)).toBeCloseTo(0.75, 12);
  });
});

describe('a timestep shift', () => {
  it('takes the place of a flow schedule’s own', () => {
    const shifted = shiftedSchedule(flowSchedule({ mu: 1.15, entries: 500 }), 3);
    expect(shifted.table).toEqual(flowSchedule({ shift: 3, entries: 500 }).table);
    const own = flowSchedule();
    expect(shiftedSchedule(own, undefined)).toBe(own);
  });

  it('is refused where no schedule exists', () => {
    expect(() => shiftedSchedule(epsSchedule(), 3)).toThrow('this model has no timestep shift');
  });
});
