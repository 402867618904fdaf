import { describe, expect, it } from 'vitest';
import { TorchGenerator } from '../../../src/engine/random/normal.ts';
import type { SamplerName } from '../../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../../src/engine/samplers/registry.ts';
import { deviationAt, gaussianRun, geometricSigmas, type PathName } from './gaussian-run.ts';

const RANGE = { diffusion: [10, 0.05], flow: [0.9, 0.05] } as const;
const BOTH: PathName[] = ['diffusion', 'flow'];

/** How much the result differs from the exact solution of the probability flow ODE, relatively. */
async function odeError(name: SamplerName, path: PathName, steps: number): Promise<number> {
  const [first, last] = RANGE[path];
  const x = Float32Array.of(-1.5, 0.1, 0.7, 2);
  const { run } = gaussianRun(path, geometricSigmas(first, last, steps), x.length);
  const result = await SAMPLERS[name].sample(x, run);
  const exact = deviationAt(path, last) / deviationAt(path, first);
  return Math.max(...Array.from(result, (value, i) => Math.abs(value / x[i]! / exact - 1)));
}

describe('on a model whose exact solution is known', () => {
  const firstOrder: SamplerName[] = [
    ...(['euler', 'ddim', 'euler_cfg_pp'] as const),
    ...(['gradient_estimation', 'gradient_estimation_cfg_pp'] as const),
  ];
  it.each(firstOrder)('%s halves its error with twice the steps', async (name) => {
    for (const path of BOTH) {
      const ratio = (await odeError(name, path, 64)) / (await odeError(name, path, 32));
      expect(ratio).toBeGreaterThan(0.45);
      expect(ratio).toBeLessThan(0.55);
    }
  });

  const secondOrder = [
    'heun',
    'dpm_2',
    'lms',
    'dpmpp_2m',
    'ipndm',
    'ipndm_v',
    'deis',
    'uni_pc',
    'uni_pc_bh2',
    'res_multistep',
    'res_multistep_cfg_pp',
    'dpmpp_2m_cfg_pp',
    'exp_heun_2_x0',
  ];
  it.each(secondOrder as SamplerName[])('%s has an error of second order or better', async (name) => {
    for (const path of BOTH) {
      const coarse = await odeError(name, path, 32);
      const fine = await odeError(name, path, 64);
      expect(fine).toBeLessThan(1e-3);
      expect(fine).toBeLessThan(Math.max(0.3 * coarse, 1e-4));
    }
  });

  it.each(['heunpp2', 'dpm_fast'] as const)('%s comes close with many steps', async (name) => {
    for (const path of BOTH) expect(await odeError(name, path, 240)).toBeLessThan(6e-3);
  });

  it('dpm_adaptive keeps to its tolerance whatever the schedule', async () => {
    for (const path of BOTH) {
      expect(await odeError('dpm_adaptive', path, 5)).toBeLessThan(0.05);
      expect(await odeError('dpm_adaptive', path, 5)).toBe(await odeError('dpm_adaptive', path, 50));
    }
  });

  const stochastic: [SamplerName, PathName[]][] = [
    ['euler_ancestral', BOTH],
    ['euler_ancestral_cfg_pp', BOTH],
    ['dpm_2_ancestral', BOTH],
    ['dpmpp_2s_ancestral', BOTH],
    ['dpmpp_sde', BOTH],
    ['dpmpp_2m_sde', BOTH],
    ['dpmpp_2m_sde_heun', BOTH],
    ['dpmpp_3m_sde', BOTH],
    ['res_multistep_ancestral', ['diffusion']], // on σ whatever the path, as everywhere
    ['res_multistep_ancestral_cfg_pp', ['diffusion']],
    ['exp_heun_2_x0_sde', BOTH],
    ['seeds_2', BOTH],
    ['seeds_3', BOTH],
    ['er_sde', BOTH],
    ['sa_solver', BOTH],
    ['sa_solver_pece', BOTH],
    ['ddpm', ['diffusion']], // on a flow it keeps the variance-preserving formula, as everywhere
  ];
  it.each(stochastic)('%s leaves as much variance as there is', async (name, paths) => {
    const count = 1024;
    for (const path of paths) {
      const [first, last] = RANGE[path];
      const { run } = gaussianRun(path, geometricSigmas(first, last, 40), count);
      const scale = deviationAt(path, first);
      const result = await SAMPLERS[name].sample(
        new TorchGenerator(7n).normal(count).map((z) => z * scale),
        run,
      );
      const deviation = Math.sqrt(result.reduce((sum, value) => sum + value * value, 0) / count);
      expect(Math.abs(deviation / deviationAt(path, last) - 1)).toBeLessThan(0.08);
    }
  });
});
