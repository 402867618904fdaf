import { describe, expect, it } from 'vitest';
import { SAMPLER_NAMES } from '../../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../../src/engine/samplers/registry.ts';
import type { SamplerSpec } from '../../../src/engine/samplers/sampler.ts';
import { gaussianRun, geometricSigmas, PATHS, type PathName } from './gaussian-run.ts';

const spec = (name: (typeof SAMPLER_NAMES)[number]): SamplerSpec => SAMPLERS[name];
const START = Float32Array.from({ length: 20 }, (_, i) => Math.cos(i));
const sigmasFor = (name: (typeof SAMPLER_NAMES)[number], path: PathName): Float32Array => {
  const sigmas = geometricSigmas(path === 'flow' ? 1 : 10, 0.05, 6, true);
  sigmas[sigmas.length - 1] = spec(name).finalSigma ?? 0;
  return sigmas;
};

it('lists the samplers in the order of their names', () => {
  expect(Object.keys(SAMPLERS)).toEqual([...SAMPLER_NAMES]);
});

describe.each(Object.keys(PATHS) as PathName[])('on a %s model', (path) => {
  it.each(SAMPLER_NAMES)(
    '%s numbers its steps from 0 and never changes what it has reported',
    async (name) => {
      const { run, reports, copies } = gaussianRun(path, sigmasFor(name, path), START.length);
      const start = START.slice();
      await spec(name).sample(start, run);
      expect(start).toEqual(START);
      expect(reports).toEqual(copies);
      expect(reports.map(({ index }) => index)).toEqual(reports.map((_, i) => i));
      expect(reports.length).toBeGreaterThan(0);
    },
  );

  it.each(SAMPLER_NAMES)('%s differs by its seed only if it says so', async (name) => {
    const sigmas = sigmasFor(name, path);
    const { run } = gaussianRun(path, sigmas, START.length);
    const noisy = await spec(name).sample(START, run);
    const { run: quiet } = gaussianRun(path, sigmas, START.length);
    const silence = () => new Float32Array(START.length);
    const without = await spec(name).sample(START, { ...quiet, noise: silence, brownian: silence });
    expect(noisy.some((value, i) => value !== without[i])).toBe(spec(name).stochastic);
  });
});

it.each(SAMPLER_NAMES)('%s evaluates the network about as often as its description says', async (name) => {
  const { run, reports, evaluations } = gaussianRun('diffusion', geometricSigmas(10, 0.05, 30), START.length);
  await spec(name).sample(START, run);
  expect(Math.round(evaluations() / reports.length)).toBe(spec(name).evaluationsPerStep);
});

describe('dpm_adaptive', () => {
  const { sample } = spec('dpm_adaptive');

  it('ends even where no step is good enough', async () => {
    const sigmas = geometricSigmas(10, 0.05, 4, true);
    const { run, reports } = gaussianRun('diffusion', sigmas, START.length);
    let turn = 0;
    const unsteady = (x: Float32Array) => Promise.resolve(x.slice().fill(turn++ % 2 === 0 ? 100 : -100));
    await sample(START, { ...run, evaluate: unsteady });
    expect(reports.length).toBeGreaterThan(1000);
    expect(reports.length).toBeLessThan(20_000);
  });

  it('knows the number of its steps when it has taken the last', async () => {
    const { run, reports } = gaussianRun('diffusion', geometricSigmas(10, 0.05, 4, true), START.length);
    await sample(START, run);
    expect(reports.at(-1)!.totalSteps).toBe(reports.length);
    expect(reports.every(({ index, totalSteps }) => totalSteps! > index)).toBe(true);
  });
});

it('dpmpp_2s_ancestral looks just below pure noise when a flow starts from it', async () => {
  const sigmas = Float32Array.of(1, 0.5, 0);
  const { run } = gaussianRun('flow', sigmas, START.length);
  const levels: number[] = [];
  await spec('dpmpp_2s_ancestral').sample(START, {
    ...run,
    evaluate: (x, sigma) => {
      levels.push(sigma);
      return run.evaluate(x, sigma);
    },
  });
  expect(levels).toEqual([0.9999]);
});
