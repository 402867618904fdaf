import { describe, expect, it } from 'vitest';
import { DeviceError, DivergedError } from '../../../src/engine/errors.ts';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { guidedDenoiser } from '../../../src/engine/pipeline/guidance.ts';

describe('an output that is not finite', () => {
  /** What a network that returns NaN makes of this x at σ 1. */
  const failure = (x: number) => {
    const schedule = epsSchedule('eps', {});
    const network = (u: Float32Array) => Promise.resolve(new Float32Array(2 * u.length).fill(NaN));
    return guidedDenoiser(network, schedule, 8)(Float32Array.of(0, x), 1, false).catch(
      (error: unknown) => error,
    );
  };

  it.each([0, -3, 50])('is blamed on the device for the usual input %d', async (x) => {
    expect(await failure(x)).toBeInstanceOf(DeviceError);
  });

  it.each([1e4, -1e30, Infinity, NaN])(
    'is blamed on the settings where sampling has come to %d',
    async (x) => {
      const error = await failure(x);
      expect(error).toBeInstanceOf(DivergedError);
      expect((error as Error).message).toMatch(/^sampling diverged .*: the cfg is too high for this sampler/);
    },
  );
});
