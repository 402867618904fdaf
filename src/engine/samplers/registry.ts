/** All samplers. A literal, so that a missing name does not compile: its length is that of the list. */
import { ddpm } from './ddpm.ts';
import { deis } from './deis.ts';
import { dpm2, dpm2Ancestral } from './dpm-2.ts';
import { dpmAdaptive, dpmAdaptiveSteps, dpmFast, dpmFastSteps } from './dpm-solver.ts';
import { dpmpp2m } from './dpmpp-2m.ts';
import { dpmpp2sAncestral } from './dpmpp-2s-ancestral.ts';
import { dpmpp2mCfgPp, dpmpp2sAncestralCfgPp } from './dpmpp-cfg-pp.ts';
import { dpmpp2mSde, dpmpp2mSdeHeun, dpmpp3mSde } from './dpmpp-multistep-sde.ts';
import { dpmppSde } from './dpmpp-sde.ts';
import { erSde } from './er-sde.ts';
import { euler, eulerAncestral, eulerAncestralCfgPp, eulerCfgPp } from './euler.ts';
import { gradientEstimation, gradientEstimationCfgPp } from './gradient-estimation.ts';
import { heun, heunpp2 } from './heun.ts';
import { ipndm, ipndmV } from './ipndm.ts';
import { lcm } from './lcm.ts';
import { lms } from './lms.ts';
import type { SamplerName } from './names.ts';
import {
  resMultistep,
  resMultistepAncestral,
  resMultistepAncestralCfgPp,
  resMultistepCfgPp,
} from './res-multistep.ts';
import { saSolverPec, saSolverPece } from './sa-solver.ts';
import type { SamplerSpec } from './sampler.ts';
import { expHeun2X0, expHeun2X0Sde, seeds2, seeds3 } from './seeds.ts';
import { uniPcBh1, uniPcBh2 } from './uni-pc.ts';

const deterministic = { stochastic: false, evaluationsPerStep: 1 } as const;
const stochastic = { stochastic: true, evaluationsPerStep: 1 } as const;
/** Stochastic, with adjustable noise. */
const ancestral = { ...stochastic, takesEta: true, takesNoiseScale: true } as const;
/** CFG++ guidance: needs both predictions and a low scale. */
const cfgPlusPlus = { needsUncond: true, cfg: [0.5, 2] } as const;

const dpmppSdeSpec: SamplerSpec = {
  ...ancestral,
  sample: dpmppSde,
  evaluationsPerStep: 2,
  description: 'DPM-Solver++ for the SDE: two evaluations per step, detailed with few steps.',
};
const dpmpp2mSdeSpec: SamplerSpec = {
  ...ancestral,
  sample: dpmpp2mSde,
  needsDistinctSigmas: true,
  description: 'DPM-Solver++(2M) for the SDE: fresh noise each step, rich texture.',
};
const dpmpp2mSdeHeunSpec: SamplerSpec = {
  ...ancestral,
  sample: dpmpp2mSdeHeun,
  needsDistinctSigmas: true,
  description: "DPM-Solver++(2M) for the SDE with Heun's correction: a little sharper with few steps.",
};
const dpmpp3mSdeSpec: SamplerSpec = {
  ...ancestral,
  sample: dpmpp3mSde,
  needsDistinctSigmas: true,
  description: 'DPM-Solver++(3M) for the SDE: third order, needs 25 steps or more.',
};

/**
 * A `_gpu` sampler. In ComfyUI its noise comes from the device's own generator, which on a CPU is the plain
 * sampler's. Here `noiseDevice` selects the generator for both.
 */
const drawnOnDevice = (spec: SamplerSpec, plain: string): SamplerSpec => ({
  ...spec,
  description: `${spec.description} The same pictures as ${plain}: \`noiseDevice\` says whose noise it is.`,
});

/** The samplers by name. */
export const SAMPLERS = {
  euler: {
    ...deterministic,
    sample: euler,
    description: 'The plain first-order solver: fast, predictable.',
  },
  euler_cfg_pp: {
    ...deterministic,
    sample: eulerCfgPp,
    ...cfgPlusPlus,
    description: 'Euler with CFG++ guidance: needs a low cfg, about 0.5 to 2.',
  },
  euler_ancestral: {
    ...ancestral,
    sample: eulerAncestral,
    description: 'Euler with fresh noise each step: varied, does not converge with more steps.',
  },
  euler_ancestral_cfg_pp: {
    ...ancestral,
    sample: eulerAncestralCfgPp,
    ...cfgPlusPlus,
    description: 'Ancestral Euler with CFG++ guidance: needs a low cfg.',
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
    description: 'Heun that looks two steps ahead: three evaluations per step.',
  },
  exp_heun_2_x0: {
    ...deterministic,
    sample: expHeun2X0,
    evaluationsPerStep: 2,
    needsDistinctSigmas: true,
    description: 'Exponential Heun in the log signal-to-noise ratio: second order, twice the time.',
  },
  exp_heun_2_x0_sde: {
    ...ancestral,
    sample: expHeun2X0Sde,
    evaluationsPerStep: 2,
    needsDistinctSigmas: true,
    description: 'Exponential Heun for the SDE: fresh noise each step, twice the time.',
  },
  dpm_2: {
    ...deterministic,
    sample: dpm2,
    evaluationsPerStep: 2,
    discardPenultimate: true,
    description: 'DPM-Solver-2: second order by the midpoint, twice the time.',
  },
  dpm_2_ancestral: {
    ...ancestral,
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
    description: 'DPM-Solver-fast: third-order steps; `steps` counts evaluations.',
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
    ...ancestral,
    sample: dpmpp2sAncestral,
    evaluationsPerStep: 2,
    description: 'DPM-Solver++(2S) with fresh noise each step, twice the time.',
  },
  dpmpp_2s_ancestral_cfg_pp: {
    ...ancestral,
    sample: dpmpp2sAncestralCfgPp,
    evaluationsPerStep: 2,
    ...cfgPlusPlus,
    description: 'DPM-Solver++(2S) with CFG++ guidance and fresh noise: needs a low cfg, twice the time.',
  },
  dpmpp_sde: dpmppSdeSpec,
  dpmpp_sde_gpu: drawnOnDevice(dpmppSdeSpec, 'dpmpp_sde'),
  dpmpp_2m: {
    ...deterministic,
    sample: dpmpp2m,
    needsDistinctSigmas: true,
    description: 'DPM-Solver++(2M): second order for one evaluation per step; a good default.',
  },
  dpmpp_2m_cfg_pp: {
    ...deterministic,
    sample: dpmpp2mCfgPp,
    needsDistinctSigmas: true,
    ...cfgPlusPlus,
    description: 'DPM-Solver++(2M) with CFG++ guidance: needs a low cfg.',
  },
  dpmpp_2m_sde: dpmpp2mSdeSpec,
  dpmpp_2m_sde_gpu: drawnOnDevice(dpmpp2mSdeSpec, 'dpmpp_2m_sde'),
  dpmpp_2m_sde_heun: dpmpp2mSdeHeunSpec,
  dpmpp_2m_sde_heun_gpu: drawnOnDevice(dpmpp2mSdeHeunSpec, 'dpmpp_2m_sde_heun'),
  dpmpp_3m_sde: dpmpp3mSdeSpec,
  dpmpp_3m_sde_gpu: drawnOnDevice(dpmpp3mSdeSpec, 'dpmpp_3m_sde'),
  ddpm: {
    ...stochastic,
    sample: ddpm,
    steps: [50, Infinity],
    description: 'The original ancestral sampler: needs many steps.',
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
  res_multistep: {
    ...deterministic,
    sample: resMultistep,
    needsDistinctSigmas: true,
    description: 'RES: second order from the last prediction, good with few steps.',
  },
  res_multistep_cfg_pp: {
    ...deterministic,
    sample: resMultistepCfgPp,
    needsDistinctSigmas: true,
    ...cfgPlusPlus,
    description: 'RES with CFG++ guidance: needs a low cfg.',
  },
  res_multistep_ancestral: {
    ...ancestral,
    sample: resMultistepAncestral,
    needsDistinctSigmas: true,
    description: 'RES with fresh noise each step.',
  },
  res_multistep_ancestral_cfg_pp: {
    ...ancestral,
    sample: resMultistepAncestralCfgPp,
    needsDistinctSigmas: true,
    ...cfgPlusPlus,
    description: 'RES with CFG++ guidance and fresh noise: needs a low cfg.',
  },
  gradient_estimation: {
    ...deterministic,
    sample: gradientEstimation,
    description: 'Euler that follows the change of its slope: sharper with few steps.',
  },
  gradient_estimation_cfg_pp: {
    ...deterministic,
    sample: gradientEstimationCfgPp,
    ...cfgPlusPlus,
    description: 'Gradient estimation with CFG++ guidance: needs a low cfg.',
  },
  er_sde: {
    ...stochastic,
    sample: erSde,
    takesNoiseScale: true,
    needsDistinctSigmas: true,
    description: 'ER-SDE: third order with its own amount of fresh noise, good with 10 to 20 steps.',
  },
  seeds_2: {
    ...ancestral,
    sample: seeds2,
    evaluationsPerStep: 2,
    description: 'SEEDS of second order for the SDE: fresh noise each step, twice the time.',
  },
  seeds_3: {
    ...ancestral,
    sample: seeds3,
    evaluationsPerStep: 3,
    needsDistinctSigmas: true,
    description: 'SEEDS of third order for the SDE: fresh noise each step, three times the time.',
  },
  sa_solver: {
    ...ancestral,
    sample: saSolverPec,
    needsDistinctSigmas: true,
    description: 'Stochastic Adams: predicts and corrects, with fresh noise in the middle of the run.',
  },
  sa_solver_pece: {
    ...ancestral,
    sample: saSolverPece,
    evaluationsPerStep: 2,
    needsDistinctSigmas: true,
    description: 'Stochastic Adams that evaluates the corrected point again: twice the time.',
  },
  ddim: {
    ...deterministic,
    sample: euler,
    redrawsMaskNoise: true,
    description: 'DDIM: the same as Euler here, except for the noise of masked areas.',
  },
  uni_pc: {
    ...deterministic,
    sample: uniPcBh1,
    discardPenultimate: true,
    finalSigma: 0.001,
    needsDistinctSigmas: true,
    description: 'UniPC of order three: predictor and corrector for one evaluation per step.',
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
