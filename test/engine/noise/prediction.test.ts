import { describe, expect, it } from 'vitest';
import { epsSchedule } from '../../../src/engine/noise/eps-schedule.ts';
import { PREDICTION_NAMES, type PredictionName } from '../../../src/engine/noise/noise-schedule.ts';
import { isFullNoise, PREDICTIONS } from '../../../src/engine/noise/prediction.ts';

const latent = Float32Array.of(0.5, -1.25, 2, 0);
const noise = Float32Array.of(-0.75, 0.1, 1.5, -2);
const SIGMA = 0.6;

/** What a perfect network answers for latent + noise at σ. */
const IDEAL_OUTPUT: Record<PredictionName, Float32Array> = {
  eps: noise,
  v: noise.map((value, i) => (value - SIGMA * latent[i]!) / Math.sqrt(SIGMA ** 2 + 1)),
  flow: noise.map((value, i) => value - latent[i]!),
};

function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length);
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
}

describe.each(PREDICTION_NAMES)('%s prediction', (name) => {
  const { start, denoised, finish } = PREDICTIONS[name];

  it('finds the latent again from its noisy mixture and a perfect output', () => {
    expectClose(denoised(start(noise, latent, SIGMA), IDEAL_OUTPUT[name], SIGMA), latent);
  });

  it('leaves a latent as it is at the end of all noise', () => {
    expect(start(noise, latent, 0)).toEqual(latent);
    expect(finish(latent, 0)).toEqual(latent);
  });
});

describe('additive noise', () => {
  it('reaches the network with unit variance', () => {
    const expected = latent.map((value) => value / Math.sqrt(SIGMA ** 2 + 1));
    expectClose(PREDICTIONS.eps.input(latent, SIGMA), expected);
    expectClose(PREDICTIONS.v.input(latent, SIGMA), expected);
  });

  it('is as strong as √(1 + σ²) when the denoise is full', () => {
    const expected = latent.map((value, i) => value + noise[i]! * Math.sqrt(1 + SIGMA ** 2));
    expectClose(PREDICTIONS.eps.start(noise, latent, SIGMA, true), expected);
  });
});

describe('flow', () => {
  it('scales a latent up that was left on its way', () => {
    const left = latent.map((value) => value * (1 - SIGMA));
    expectClose(PREDICTIONS.flow.finish(left, SIGMA), latent);
  });

  it('passes latents to the network as they are', () => {
    expect(PREDICTIONS.flow.input(latent, SIGMA)).toEqual(latent);
  });
});

describe('isFullNoise', () => {
  it('holds from the highest level up, give or take 1e-5 of it', () => {
    const schedule = epsSchedule();
    const { sigmaMax } = schedule;
    const levels = [0, 0.9999 * sigmaMax, 0.999995 * sigmaMax, sigmaMax, 2 * sigmaMax];
    expect(levels.map((sigma) => isFullNoise(schedule, sigma))).toEqual([false, false, true, true, true]);
  });
});
