import { describe, expect, it } from 'vitest';
import { DeviceError, DivergedError } from '../../../src/engine/errors.ts';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { guidedDenoiser, type Guidance, type Network } from '../../../src/engine/pipeline/guidance.ts';

describe('an output that is not finite', () => {
  /** What a network that returns NaN makes of this x at σ 1. */
  const failure = (x: number) => {
    const schedule = epsSchedule('eps', {});
    const network = (u: Float32Array) => Promise.resolve(new Float32Array(2 * u.length).fill(NaN));
    return guidedDenoiser(network, schedule, { cfg: 8 })(Float32Array.of(0, x), 1, false).catch(
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

describe('guidance', () => {
  const schedule = epsSchedule();
  const X = Float32Array.of(3, -1, 0.5, 2, -4, 1);
  const asked: number[] = [];
  /** Predicts noise that differs between the prompts from value to value. */
  const network: Network = (u, _timestep, conditionings) => {
    asked.push(conditionings.length);
    const outputs = conditionings.map((conditioning) =>
      u.map((value, i) => (conditioning === 'positive' ? 0.9 * value + 0.1 * i : 0.5 * value - 0.2)),
    );
    return Promise.resolve(Float32Array.from(outputs.flatMap((output) => [...output])));
  };
  const denoised = async (guidance: Guidance, sigma = 2) =>
    (await guidedDenoiser(network, schedule, guidance)(X, sigma, false)).denoised;
  /** Deviation of the velocity that a prediction stands for, for one of the latents of three values. */
  const deviation = (image: Float32Array, item: number, sigma = 2) => {
    const v = Array.from(image, (value, i) => (X[i]! / (sigma ** 2 + 1) - value) / sigma).slice(
      3 * item,
      3 * item + 3,
    );
    const mean = (v[0]! + v[1]! + v[2]!) / 3;
    return Math.hypot(...v.map((value) => value - mean));
  };

  it('brings each latent back to the deviation of the velocity with the prompt, as far as asked', async () => {
    const plain = await denoised({ cfg: 8, items: 2 });
    const unguided = await denoised({ cfg: 1, items: 2 });
    const rescaled = await denoised({ cfg: 8, items: 2, rescale: 1 });
    const half = await denoised({ cfg: 8, items: 2, rescale: 0.5 });
    for (const item of [0, 1]) {
      expect(deviation(rescaled, item) / deviation(unguided, item)).toBeCloseTo(1, 4);
      const middle = (deviation(plain, item) + deviation(unguided, item)) / 2;
      expect(deviation(half, item) / middle).toBeCloseTo(1, 4);
    }
    expect(await denoised({ cfg: 8, items: 2, rescale: 0 })).toEqual(plain);
  });

  it('is applied within its interval alone, and costs nothing outside', async () => {
    const interval = { start: 0.3, end: 0.6 };
    const [from, to] = [schedule.percentToSigma(0.3), schedule.percentToSigma(0.6)];
    for (const [sigma, isGuided] of [
      [from * 1.01, false],
      [from, true],
      [to, true],
      [to * 0.99, false],
    ] as const) {
      asked.length = 0;
      const found = await denoised({ cfg: 8, interval }, sigma);
      expect([sigma, asked]).toEqual([sigma, [isGuided ? 2 : 1]]);
      expect(found).toEqual(await denoised({ cfg: isGuided ? 8 : 1 }, sigma));
    }
  });

  it('outside its interval is the prediction with the prompt, also where a sampler asks for both', async () => {
    const guidance = { cfg: 8, interval: { start: 0.9, end: 1 } };
    const both = await guidedDenoiser(network, schedule, guidance)(X, 2, true);
    const alone = await denoised({ cfg: 1 });
    both.denoised.forEach((value, i) => {
      expect(value).toBeCloseTo(alone[i]!, 6); // from both it is rounded twice more
    });
    expect(both.uncond).toEqual(await denoised({ cfg: 0 }));
  });
});
