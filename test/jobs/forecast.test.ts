import { describe, expect, it } from 'vitest';
import { busyDevices, forecastEnds, type Waiting } from '../../src/jobs/forecast.ts';

/** Jobs named as they are urgent: "a3" takes 3. */
const line = (names: string): Waiting[] =>
  names.split(' ').map((id) => ({ id, urgency: id, duration: id.endsWith('?') ? Infinity : Number(id[1]) }));

const ends = (...args: Parameters<typeof forecastEnds>) => Object.fromEntries(forecastEnds(...args));

describe('forecastEnds', () => {
  it('adds up what one device works off', () => {
    const devices = [{ models: ['x'], free: 5 }];
    expect(ends(devices, new Map([['x', line('a1 b2 c3')]]))).toEqual({ a1: 6, b2: 8, c3: 11 });
  });

  it('gives the next job to whichever device is free first', () => {
    const devices = [
      { models: ['x'], free: 4 },
      { models: ['x'], free: 0 },
    ];
    expect(ends(devices, new Map([['x', line('a3 b2 c1')]]))).toEqual({ a3: 3, b2: 5, c1: 5 });
  });

  it('lets a device take the most urgent job of its models only', () => {
    const devices = [
      { models: ['x', 'y'], free: 0 },
      { models: ['y'], free: 0 },
    ];
    const lines = new Map([
      ['x', line('b1 c1')],
      ['y', line('a5 d1')],
      ['z', line('e1')],
    ]);
    expect(ends(devices, lines)).toEqual({ a5: 5, d1: 1, b1: 6, c1: 7 });
  });

  it('tells nothing of jobs behind one whose length is unknown, unless another device takes them', () => {
    const lines = new Map([['x', line('a1 b? c1 d1')]]);
    expect(ends([{ models: ['x'], free: 0 }], lines)).toEqual({ a1: 1 });
    const two = [
      { models: ['x'], free: 0 },
      { models: ['x'], free: 0.5 },
    ];
    expect(ends(two, lines)).toEqual({ a1: 1, c1: 2, d1: 3 });
  });

  it('counts no device of which nobody knows when it will be free', () => {
    const devices = [
      { models: ['x'], free: Infinity },
      { models: ['x'], free: 9 },
    ];
    expect(ends(devices, new Map([['x', line('a1')]]))).toEqual({ a1: 10 });
    expect(ends(devices.slice(0, 1), new Map([['x', line('a1')]]))).toEqual({});
  });
});

describe('busyDevices', () => {
  it('gives running jobs to the devices that can do least else', () => {
    const devices = [{ models: ['x', 'y'] }, { models: ['x'] }];
    expect(busyDevices(devices, [{ model: 'x', remaining: 7 }])).toEqual([
      { models: ['x'], free: 7 },
      { models: ['x', 'y'], free: 0 },
    ]);
  });

  it('leaves out a job whose worker has gone', () => {
    expect(busyDevices([{ models: ['x'] }], [{ model: 'y', remaining: 7 }])).toEqual([
      { models: ['x'], free: 0 },
    ]);
  });
});
