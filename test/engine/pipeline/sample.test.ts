import { describe, expect, it } from 'vitest';
import { CanceledError, DeviceError } from '../../../src/engine/errors.ts';
import type { Network } from '../../../src/engine/pipeline/guidance.ts';
import type { SampleOptions } from '../../../src/engine/pipeline/sample.ts';
import type { SamplingSettings } from '../../../src/engine/pipeline/sampling-plan.ts';
import { TorchGenerator } from '../../../src/engine/random/normal.ts';
import { CudaGenerator } from '../../../src/engine/random/philox.ts';
import { SAMPLER_NAMES, type SamplerName } from '../../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../../src/engine/samplers/registry.ts';
import type { SamplerSpec } from '../../../src/engine/samplers/sampler.ts';
import { EXTREMES, holdsAt, PREDICTIONS } from './extremes.ts';
import { FORMAT, LATENT, run, SCHEDULES, toy } from './toy-run.ts';

describe('the noise of a sampler', () => {
  const specs: [SamplerName, SamplerSpec][] = SAMPLER_NAMES.map((name) => [name, SAMPLERS[name]]);
  const named = (need: 'takesEta' | 'takesNoiseScale') =>
    specs.flatMap(([name, spec]) => (spec[need] ? [name] : []));
  const result = (samplerName: SamplerName, options: Partial<SampleOptions>) =>
    run({ samplerName, steps: 6 }, options).result;

  it.each(named('takesEta'))('of %s is gone with eta 0, on either path', async (samplerName) => {
    for (const schedule of [SCHEDULES.eps, SCHEDULES.flow]) {
      const of = (options: Partial<SampleOptions>) =>
        run({ samplerName, schedule, steps: 6 }, options).result;
      const quiet = await of({ eta: 0 });
      expect(quiet).not.toEqual(await of({}));
      expect(quiet).toEqual(await of({ eta: 0, sNoise: 0 }));
    }
  });

  it.each(named('takesNoiseScale'))('of %s is scaled by sNoise', async (samplerName) => {
    const [plain, half] = [await result(samplerName, {}), await result(samplerName, { sNoise: 0.5 })];
    expect(half).not.toEqual(plain);
    expect(await result(samplerName, { sNoise: 1 })).toEqual(plain);
  });
});

describe('guidance', () => {
  /** The conditionings of every evaluation. */
  async function asked(samplerName: SamplingSettings['samplerName'], cfg: number): Promise<string[]> {
    const calls: string[] = [];
    const { network } = toy();
    const watched: Network = (u, timestep, conditionings, sigma) => {
      calls.push(conditionings.join('+'));
      return network(u, timestep, conditionings, sigma);
    };
    await run({ samplerName }, { network: watched, cfg }).result;
    return calls;
  }

  it('evaluates both prompts in one call, the negative first', async () => {
    expect(await asked('euler', 5)).toEqual(Array(4).fill('negative+positive'));
    expect(await asked('euler', 0)).toEqual(Array(4).fill('negative+positive'));
  });

  it('leaves the negative prompt out at cfg 1, up to a billionth', async () => {
    expect(await asked('euler', 1)).toEqual(Array(4).fill('positive'));
    expect(await asked('euler', 1 + 5e-10)).toEqual(Array(4).fill('positive'));
    expect(await asked('euler', 1 + 5e-9)).toEqual(Array(4).fill('negative+positive'));
  });

  it('of the cfg_pp samplers needs the negative prompt always', async () => {
    expect(await asked('euler_cfg_pp', 1)).toEqual(Array(4).fill('negative+positive'));
    expect(await asked('euler_ancestral_cfg_pp', 1)).toEqual(Array(4).fill('negative+positive'));
  });
});

describe('noise', () => {
  it('to start from is drawn from the seed, of which an explicit noise is the same', async () => {
    const noise = new TorchGenerator(1n).normal(LATENT.length);
    expect(await run({}, { noise }).result).toEqual(await run().result);
    expect(await run({}, { seed: 2n }).result).not.toEqual(await run().result);
  });

  it('added on the way is drawn from the next seed, which wraps after the last', async () => {
    const latent = new Float32Array(LATENT.length);
    const silent = { noise: latent, latent, latentFormat: { scale: 1, shift: 0 } };
    const settings = { samplerName: 'lcm', steps: 2, denoise: 1 } as const;
    const { steps, result } = run(settings, { ...silent, seed: 2n ** 64n - 1n });
    await result;
    const [first, second] = steps;
    const z = new TorchGenerator(0n).normal(latent.length);
    expect(second!.x).toEqual(z.map((v, i) => first!.denoised[i]! + Math.fround(v * second!.sigma)));
  });
});

describe('noise of a card', () => {
  const noiseDevice = 'GPU';
  const latent = new Float32Array(LATENT.length);
  const plain = { latent, latentFormat: { scale: 1, shift: 0 }, noiseDevice } as const;

  it('to start from is its first draw', async () => {
    const noise = new CudaGenerator(1n).normal(LATENT.length);
    for (const samplerName of ['euler', 'euler_ancestral'] as const) {
      const settings = { samplerName };
      const given = await run(settings, { noise, noiseDevice }).result;
      expect(await run(settings, { noiseDevice }).result).toEqual(given);
      expect(await run(settings).result).not.toEqual(given);
    }
  });

  it('added on the way is the draws that follow, of all 64 bits of the seed', async () => {
    const seed = 2n ** 40n + 3n;
    const settings = { samplerName: 'lcm', steps: 3, denoise: 1 } as const;
    const { steps, result } = run(settings, { ...plain, seed });
    await result;
    const generator = new CudaGenerator(seed);
    generator.normal(latent.length);
    for (const [i, step] of steps.slice(1).entries()) {
      const z = generator.normal(latent.length);
      expect(step.x).toEqual(z.map((v, at) => steps[i]!.denoised[at]! + Math.fround(v * step.sigma)));
    }
    expect(steps).toHaveLength(3);
  });

  it.each(['dpmpp_sde', 'dpmpp_sde_gpu', 'dpmpp_2m_sde', 'dpmpp_2m_sde_gpu', 'dpmpp_3m_sde'] as const)(
    'makes the Brownian path of %s',
    async (samplerName) => {
      const noise = LATENT; // the same on both devices: only the path differs
      const gpu = await run({ samplerName }, { noise, noiseDevice }).result;
      expect(gpu).not.toEqual(await run({ samplerName }, { noise }).result);
      expect(await run({ samplerName }, { noise, noiseDevice }).result).toEqual(gpu);
    },
  );

  it.each(SAMPLER_NAMES)('changes the picture of %s, and of a batch each its own', async (samplerName) => {
    const [cpu, gpu, next] = await Promise.all([
      run({ samplerName }).result,
      run({ samplerName }, { noiseDevice }).result,
      run({ samplerName }, { noiseDevice, seed: 2n }).result,
    ]);
    expect(gpu).not.toEqual(cpu);
    expect(next).not.toEqual(gpu);
  });
});

describe('a run without anything to do', () => {
  it.each([
    ['denoise is 0', { denoise: 0 }],
    ['it starts after the last step', { startStep: 4 }],
  ])('returns the latent when %s', async (_, settings) => {
    const { network, timesteps } = toy();
    const { plan, steps, result } = run(settings, { network });
    expect(await result).toEqual(LATENT);
    expect(await result).not.toBe(LATENT);
    expect([plan.totalSteps, steps.length, timesteps.length]).toEqual([0, 0, 0]);
  });
});

describe('an end before time', () => {
  it('comes between two evaluations once the signal is aborted', async () => {
    const controller = new AbortController();
    const { network, timesteps } = toy();
    const steps: number[] = [];
    const { result } = run(
      { samplerName: 'heun' },
      {
        network,
        signal: controller.signal,
        onStep: ({ index }) => {
          steps.push(index);
          if (index === 1) controller.abort();
        },
      },
    );
    await expect(result).rejects.toThrow(CanceledError);
    expect(steps).toEqual([0, 1]);
    expect(timesteps).toHaveLength(3);
  });

  it('discards an evaluation during which the signal was aborted', async () => {
    const controller = new AbortController();
    const { network } = toy();
    const aborting: Network = (...args) => {
      controller.abort();
      return network(...args);
    };
    const { result, steps } = run({}, { network: aborting, signal: controller.signal });
    await expect(result).rejects.toThrow(CanceledError);
    expect(steps).toEqual([]);
  });

  it.each([NaN, Infinity, -Infinity])('is a device error when the network returns %d', async (bad) => {
    const network: Network = (u, _, conditionings) => {
      const out = new Float32Array(u.length * conditionings.length);
      out[30] = bad;
      return Promise.resolve(out);
    };
    const { result } = run({ denoise: 1 }, { network });
    await expect(result).rejects.toThrow(DeviceError);
    await expect(result).rejects.toThrow(`returned ${bad} at timestep 999 (value 30 of 48)`);
  });

  it.each([0, 0.5])('is a device error when the network returns %d everywhere', async (value) => {
    const network: Network = (u, _, conditionings) =>
      Promise.resolve(new Float32Array(u.length * conditionings.length).fill(value));
    const { result } = run({ denoise: 1 }, { network });
    await expect(result).rejects.toThrow(DeviceError);
    await expect(result).rejects.toThrow(`returned ${value} for all 48 values at timestep 999`);
  });

  it('names both lengths when the network returns too few values', async () => {
    const { result } = run({}, { network: (u) => Promise.resolve(u.slice()) });
    await expect(result).rejects.toThrow(/returned 24 values at timestep \d+, expected 48/);
  });
});

describe('inpainting', () => {
  const mask = { width: 3, height: 2, data: Float32Array.of(0, 0, 1, 0, 0, 1) };

  it.each(['euler', 'ddim', 'dpmpp_2m', 'uni_pc'] as const)(
    'with %s keeps what the mask leaves out and repaints the rest as ever',
    async (samplerName) => {
      const { steps, result } = run({ samplerName }, { mask });
      const [masked, plain] = [await result, await run({ samplerName }).result];
      const last = steps.at(-1)!.denoised;
      LATENT.forEach((value, i) => {
        const kept = Math.fround(Math.fround(value - FORMAT.shift) * FORMAT.scale);
        if (mask.data[i % 6] === 0) expect(last[i]).toBeCloseTo(kept, 4);
        else expect(masked[i]).toBe(plain[i]); // the toy network looks at one place only
      });
    },
  );
});

describe.each(PREDICTIONS)('at the extremes of a %s model', (prediction) => {
  it.each(SAMPLER_NAMES)('%s stays finite and takes the steps it has announced', async (samplerName) => {
    await holdsAt(prediction, samplerName, ['normal'], EXTREMES);
  });
});
