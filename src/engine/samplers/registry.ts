import { ddpm } from './ddpm.ts';
import { deis } from './deis.ts';
import { dpm2, dpm2Ancestral } from './dpm-2.ts';
import { dpmAdaptive, dpmAdaptiveSteps, dpmFast, dpmFastSteps } from './dpm-solver.ts';
import { dpmpp2m } from './dpmpp-2m.ts';
import { dpmpp2sAncestral } from './dpmpp-2s-ancestral.ts';
import { dpmpp2mSde, dpmpp3mSde } from './dpmpp-multistep-sde.ts';
import { dpmppSde } from './dpmpp-sde.ts';
import { euler, eulerAncestral, eulerAncestralCfgPp, eulerCfgPp } from './euler.ts';
import { heun, heunpp2 } from './heun.ts';
import { ipndm, ipndmV } from './ipndm.ts';
import { lcm } from './lcm.ts';
import { lms } from './lms.ts';
import type { SamplerName } from './names.ts';
import type { SamplerSpec } from './sampler.ts';
import { uniPcBh1, uniPcBh2 } from './uni-pc.ts';

const deterministic = { stochastic: false, evaluationsPerStep: 1 } as const;
const stochastic = { stochastic: true, evaluationsPerStep: 1 } as const;

const dpmppSdeSpec: SamplerSpec = {
  ...stochastic,
  sample: dpmppSde,
  evaluationsPerStep: 2,
  description: 'DPM-Solver++ for the SDE: two evaluations a step, detailed with few steps.',
};
const dpmpp2mSdeSpec: SamplerSpec = {
  ...stochastic,
  sample: dpmpp2mSde,
  needsDistinctSigmas: true,
  description: 'DPM-Solver++(2M) for the SDE: fresh noise each step, rich texture.',
};
const dpmpp3mSdeSpec: SamplerSpec = {
  ...stochastic,
  sample: dpmpp3mSde,
  needsDistinctSigmas: true,
  description: 'DPM-Solver++(3M) for the SDE: third order, wants 25 steps or more.',
};

/**
 * A `_gpu` sampler: in ComfyUI its noise comes from the device's own generator, on a CPU from the same one as the plain
 * sampler's. Here `noiseDevice` says it, for both.
 */
const drawnOnDevice = (spec: SamplerSpec, plain: string): SamplerSpec => ({
  ...spec,
  description: `${spec.description} The same pictures as ${plain}: \`noiseDevice\` says whose noise it is.`,
});

/** Every sampler by its name. */
export const SAMPLERS = {
  euler: {
    ...deterministic,
    sample: euler,
    description: 'The plain first-order solver: fast, predictable.',
  },
  euler_cfg_pp: {
    ...deterministic,
    sample: eulerCfgPp,
    needsUncond: true,
    cfg: [0.5, 2],
    description: 'Euler with CFG++ guidance: wants a low cfg, about 0.5 to 2.',
  },
  euler_ancestral: {
    ...stochastic,
    sample: eulerAncestral,
    description: 'Euler with fresh noise each step: varied, does not converge with more steps.',
  },
  euler_ancestral_cfg_pp: {
    ...stochastic,
    sample: eulerAncestralCfgPp,
    needsUncond: true,
    cfg: [0.5, 2],
    description: 'Ancestral Euler with CFG++ guidance: wants a low cfg.',
  },
  heun: {
    ...deterministic,
    sample: heun,
    evaluationsPerStep: 2,
    description: 'Second order by a trial step: more accurate, twice the time.',
  },
  heunpp2: {
    ...deterministic,
    sample: heunpp2,
    evaluationsPerStep: 3,
    description: 'Heun with a look two steps ahead: three evaluations a step.',
  },
  dpm_2: {
    ...deterministic,
    sample: dpm2,
    evaluationsPerStep: 2,
    discardPenultimate: true,
    description: 'DPM-Solver-2: second order by the midpoint, twice the time.',
  },
  dpm_2_ancestral: {
    ...stochastic,
    sample: dpm2Ancestral,
    evaluationsPerStep: 2,
    discardPenultimate: true,
    description: 'DPM-Solver-2 with fresh noise each step, twice the time.',
  },
  lms: {
    ...deterministic,
    sample: lms,
    needsDistinctSigmas: true,
    description: 'Linear multistep of order four: extrapolates from past steps.',
  },
  dpm_fast: {
    ...deterministic,
    sample: dpmFast,
    steps: [15, Infinity],
    evaluationsPerStep: 3,
    plannedSteps: dpmFastSteps,
    description: 'DPM-Solver-fast: third-order steps, as many evaluations as steps asked for.',
  },
  dpm_adaptive: {
    ...deterministic,
    sample: dpmAdaptive,
    steps: [15, Infinity],
    evaluationsPerStep: 3,
    plannedSteps: dpmAdaptiveSteps,
    description:
      'DPM-Solver that chooses its own step lengths; `steps` only sets where the noise schedule starts and ends.',
  },
  dpmpp_2s_ancestral: {
    ...stochastic,
    sample: dpmpp2sAncestral,
    evaluationsPerStep: 2,
    description: 'DPM-Solver++(2S) with fresh noise each step, twice the time.',
  },
  dpmpp_sde: dpmppSdeSpec,
  dpmpp_sde_gpu: drawnOnDevice(dpmppSdeSpec, 'dpmpp_sde'),
  dpmpp_2m: {
    ...deterministic,
    sample: dpmpp2m,
    needsDistinctSigmas: true,
    description: 'DPM-Solver++(2M): second order at the price of one evaluation; a good default.',
  },
  dpmpp_2m_sde: dpmpp2mSdeSpec,
  dpmpp_2m_sde_gpu: drawnOnDevice(dpmpp2mSdeSpec, 'dpmpp_2m_sde'),
  dpmpp_3m_sde: dpmpp3mSdeSpec,
  dpmpp_3m_sde_gpu: drawnOnDevice(dpmpp3mSdeSpec, 'dpmpp_3m_sde'),
  ddpm: {
    ...stochastic,
    sample: ddpm,
    steps: [50, Infinity],
    description: 'The original ancestral sampler: wants many steps.',
  },
  lcm: {
    ...stochastic,
    sample: lcm,
    cfg: [1, 2],
    steps: [4, 8],
    description: 'For latent consistency models: 4 to 8 steps, cfg 1 to 2.',
  },
  ipndm: {
    ...deterministic,
    sample: ipndm,
    description: 'Pseudo linear multistep of order four with the weights of equal steps.',
  },
  ipndm_v: {
    ...deterministic,
    sample: ipndmV,
    needsDistinctSigmas: true,
    description: 'Pseudo linear multistep with weights for unequal steps.',
  },
  deis: {
    ...deterministic,
    sample: deis,
    needsDistinctSigmas: true,
    description: 'DEIS: third-order exponential multistep, good with 10 to 20 steps.',
  },
  ddim: {
    ...deterministic,
    sample: euler,
    redrawsMaskNoise: true,
    description: 'DDIM, the same as Euler here but for inpainting noise.',
  },
  uni_pc: {
    ...deterministic,
    sample: uniPcBh1,
    discardPenultimate: true,
    finalSigma: 0.001,
    needsDistinctSigmas: true,
    description: 'UniPC of order three: predictor and corrector for one evaluation a step.',
  },
  uni_pc_bh2: {
    ...deterministic,
    sample: uniPcBh2,
    discardPenultimate: true,
    finalSigma: 0.001,
    needsDistinctSigmas: true,
    description: 'UniPC in its second variant, better with few steps.',
  },
} satisfies Record<SamplerName, SamplerSpec>;
