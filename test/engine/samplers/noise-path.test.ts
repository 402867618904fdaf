import { describe, expect, it } from 'vitest';
import { lagrange, lagrangeIntegrals } from '../../../src/engine/samplers/lagrange.ts';
import { ancestralSplit, diffusionPath, flowPath } from '../../../src/engine/samplers/noise-path.ts';

describe('an ancestral split', () => {
  it('keeps the variance of the level it leads to', () => {
    for (const [from, to] of [
      [10, 7],
      [3, 0.2],
      [1.01, 1],
    ] as const) {
      const { down, up } = ancestralSplit(from, to);
      expect((down ** 2 + up ** 2) / to ** 2).toBeCloseTo(1, 6);
      expect(up / ((to * Math.sqrt(from ** 2 - to ** 2)) / from)).toBeCloseTo(1, 5);
    }
  });

  it('adds no noise with η = 0, and nothing but noise from infinity', () => {
    expect(ancestralSplit(3, 2, 0)).toEqual({ down: 2, up: 0 });
    expect(ancestralSplit(Infinity, 2)).toEqual({ down: 0, up: 2 });
    expect(ancestralSplit(Infinity, 2, 0)).toEqual({ down: 2, up: 0 });
  });

  it('of a flow keeps both the signal and the variance', () => {
    const { down, keep, up } = flowPath.ancestral(0.8, 0.6, 1);
    expect(keep * (1 - down)).toBeCloseTo(1 - 0.6, 6);
    expect((keep * down) ** 2 + up ** 2).toBeCloseTo(0.6 ** 2, 6);
  });

  it('of a flow that stays where it is adds hardly any noise', () => {
    for (let i = 1; i < 1000; i++) {
      const sigma = Math.fround(i / 1000);
      expect(flowPath.ancestral(sigma, sigma, 1).up).toBeLessThan(1e-3);
    }
  });
});

describe.each([
  ['diffusion', diffusionPath, [14.6, 2, 0.03]],
  ['flow', flowPath, [0.999, 0.5, 0.001]],
] as const)('the %s path', (_, path, levels) => {
  it('finds σ again from λ, and λ = ln(α/σ)', () => {
    for (const sigma of levels) {
      expect(path.sigma(path.lambda(sigma)) / sigma).toBeCloseTo(1, 5);
      expect(path.lambda(sigma)).toBeCloseTo(Math.log(path.alpha(sigma) / sigma), 4);
    }
  });

  it('knows α by way of λ as well, to a few ulps of σ/α', () => {
    for (const sigma of levels) expect(path.alphaOfLambda(sigma) / path.alpha(sigma)).toBeCloseTo(1, 4);
  });

  it('has the same Euler step in its usual form', () => {
    const [x, denoised] = [Float32Array.of(3, -1), Float32Array.of(0.5, 2)];
    const [, sigma, to] = levels;
    const step = path.eulerStep(x, denoised, sigma, to);
    step.forEach((value, i) => {
      expect(value).toBeCloseTo(denoised[i]! + ((x[i]! - denoised[i]!) * to) / sigma, 5);
    });
  });
});

it('Lagrange polynomials are 1 at their own node and 0 at the others, and integrate cubics exactly', () => {
  const nodes = [3, 2.5, 1, 0.25];
  expect(nodes.map((node) => nodes.map((_, j) => Math.abs(lagrange(nodes, j, node))))).toEqual([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ]);
  const cubic = (t: number) => 2 * t ** 3 - t ** 2 + 4 * t - 7;
  const integral = (t: number) => t ** 4 / 2 - t ** 3 / 3 + 2 * t ** 2 - 7 * t;
  const weights = lagrangeIntegrals(nodes, 3, 3.6);
  const sum = weights.reduce((total, w, j) => total + w * cubic(nodes[j]!), 0);
  expect(sum).toBeCloseTo(integral(3.6) - integral(3), 10);
});
