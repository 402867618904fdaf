import type {
  Emphasis,
  JoinedSides,
  LatentMethod,
  NoiseDevice,
  SamplerName,
  SchedulerName,
} from '../../engine/index.ts';
import type { ResizeMode } from '../../jobs/request.ts';

/** What A1111's web UI calls what weights do. */
export const EMPHASIS_LABELS: Readonly<Record<Emphasis, string>> = {
  ORIGINAL: 'Original',
  NO_NORM: 'No norm',
  IGNORE: 'Ignore',
  NONE: 'None',
};

/** What A1111's web UI says of pictures that tile; where not all sides meet it has no word. */
export const TILING_LABELS: Readonly<Record<JoinedSides, string>> = {
  BOTH: 'True',
  HORIZONTAL: 'Horizontal',
  VERTICAL: 'Vertical',
};

/** What A1111's web UI calls ways to bring a source to a size. */
export const RESIZE_LABELS: Readonly<Record<ResizeMode, string>> = {
  CROP: 'Crop and resize',
  FIT: 'Resize and fill',
  STRETCH: 'Just resize',
};

/** What A1111 calls ways to resize a latent; those that it has not are named likewise. */
export const LATENT_LABELS: Readonly<Record<LatentMethod, string>> = {
  'nearest-exact': 'Latent (nearest-exact)',
  bilinear: 'Latent',
  area: 'Latent (area)',
  bicubic: 'Latent (bicubic)',
  bislerp: 'Latent (bislerp)',
};

/** What A1111's web UI, or Forge where only that has it, calls a sampler. Variants that differ in the device share a name. */
export const SAMPLER_LABELS: Readonly<Record<SamplerName, string>> = {
  euler: 'Euler',
  euler_cfg_pp: 'Euler CFG++',
  euler_ancestral: 'Euler a',
  euler_ancestral_cfg_pp: 'Euler a CFG++',
  heun: 'Heun',
  heunpp2: 'HeunPP2',
  exp_heun_2_x0: 'Exp Heun 2 x0',
  exp_heun_2_x0_sde: 'Exp Heun 2 x0 SDE',
  dpm_2: 'DPM2',
  dpm_2_ancestral: 'DPM2 a',
  lms: 'LMS',
  dpm_fast: 'DPM fast',
  dpm_adaptive: 'DPM adaptive',
  dpmpp_2s_ancestral: 'DPM++ 2S a',
  dpmpp_2s_ancestral_cfg_pp: 'DPM++ 2S a CFG++',
  dpmpp_sde: 'DPM++ SDE',
  dpmpp_sde_gpu: 'DPM++ SDE',
  dpmpp_2m: 'DPM++ 2M',
  dpmpp_2m_cfg_pp: 'DPM++ 2M CFG++',
  dpmpp_2m_sde: 'DPM++ 2M SDE',
  dpmpp_2m_sde_gpu: 'DPM++ 2M SDE',
  dpmpp_2m_sde_heun: 'DPM++ 2M SDE Heun',
  dpmpp_2m_sde_heun_gpu: 'DPM++ 2M SDE Heun',
  dpmpp_3m_sde: 'DPM++ 3M SDE',
  dpmpp_3m_sde_gpu: 'DPM++ 3M SDE',
  ddpm: 'DDPM',
  lcm: 'LCM',
  ipndm: 'IPNDM',
  ipndm_v: 'IPNDM_V',
  deis: 'DEIS',
  res_multistep: 'Res Multistep',
  res_multistep_cfg_pp: 'Res Multistep CFG++',
  res_multistep_ancestral: 'Res Multistep Ancestral',
  res_multistep_ancestral_cfg_pp: 'Res Multistep Ancestral CFG++',
  gradient_estimation: 'Gradient Estimation',
  gradient_estimation_cfg_pp: 'Gradient Estimation CFG++',
  er_sde: 'ER SDE',
  seeds_2: 'SEEDS 2',
  seeds_3: 'SEEDS 3',
  sa_solver: 'SA Solver',
  sa_solver_pece: 'SA Solver PECE',
  ddim: 'DDIM',
  uni_pc: 'UniPC',
  uni_pc_bh2: 'UniPC',
};

/** What A1111's web UI calls a schedule. */
export const SCHEDULE_LABELS: Readonly<Record<SchedulerName, string>> = {
  normal: 'Normal',
  karras: 'Karras',
  exponential: 'Exponential',
  sgm_uniform: 'SGM Uniform',
  simple: 'Simple',
  ddim_uniform: 'DDIM',
  beta: 'Beta',
  linear_quadratic: 'Linear Quadratic',
  kl_optimal: 'KL Optimal',
  align_your_steps: 'Align Your Steps',
};

/** The schedule that A1111 1.9 and later take under `Automatic`, where it is not `normal`. */
const AUTOMATIC_SCHEDULES: Readonly<Partial<Record<SamplerName, SchedulerName>>> = {
  dpm_2: 'karras',
  dpm_2_ancestral: 'karras',
  dpmpp_2s_ancestral: 'karras',
  dpmpp_2m: 'karras',
  dpmpp_sde: 'karras',
  dpmpp_2m_sde: 'exponential',
  dpmpp_3m_sde: 'exponential',
  ddim: 'ddim_uniform',
};

/** The schedule that A1111 1.9 and later take for a sampler under `Automatic`. */
export const automaticSchedule = (sampler: SamplerName): SchedulerName =>
  AUTOMATIC_SCHEDULES[sampler] ?? 'normal';

/** Other spellings: stable-diffusion.cpp, Easy Diffusion, InvokeAI. */
const SAMPLER_ALIASES: Readonly<Record<string, SamplerName>> = {
  dpm2: 'dpm_2',
  'dpm2 a': 'dpm_2_ancestral',
  'dpmpp 2s a': 'dpmpp_2s_ancestral',
  'dpm++2s a': 'dpmpp_2s_ancestral',
  'dpm++2m': 'dpmpp_2m',
  'dpm++2m sde': 'dpmpp_2m_sde',
  'euler a cfg pp': 'euler_ancestral_cfg_pp',
};

const SCHEDULE_ALIASES: Readonly<Record<string, SchedulerName>> = {
  uniform: 'normal',
  discrete: 'normal',
  ays: 'align_your_steps',
  polyexponential: 'exponential', // with its usual rho of 1
};

/** Schedules of other programs: recognised behind a sampler's name, but not available here. */
const OTHER_SCHEDULES = ['bong tangent', 'gits', 'lcm', 'smoothstep', 'substep', 'trailing', 'turbo'];

/** Names compare without case; a space and an underscore are one. */
const plain = (name: string): string => name.toLowerCase().replaceAll('_', ' ').trim();

const namesOf = <Name extends string>(
  labels: Readonly<Record<Name, string>>,
  aliases: Readonly<Record<string, Name>>,
): ReadonlyMap<string, Name> => {
  const known = new Map<string, Name>(Object.entries<Name>(aliases));
  // The first of those that share a label is the plain one.
  for (const name of (Object.keys(labels) as Name[]).reverse()) known.set(plain(labels[name]), name);
  for (const name of Object.keys(labels) as Name[]) known.set(plain(name), name);
  return known;
};

const SAMPLERS = namesOf(SAMPLER_LABELS, SAMPLER_ALIASES);
const SCHEDULES = namesOf(SCHEDULE_LABELS, SCHEDULE_ALIASES);
const SUFFIXES = [...SCHEDULES.keys(), ...OTHER_SCHEDULES].sort((a, b) => b.length - a.length);

/** The schedule of a name in any known spelling. */
export const readSchedule = (name: string): SchedulerName | undefined => SCHEDULES.get(plain(name));

/** A1111's words; NV is a card's numbers computed anywhere. */
const NOISE_DEVICES: ReadonlyMap<string, NoiseDevice> = new Map([
  ['cpu', 'CPU'],
  ['gpu', 'GPU'],
  ['nv', 'GPU'],
]);

/** The noise device of a name. */
export const readNoiseDevice = (name: string): NoiseDevice | undefined => NOISE_DEVICES.get(plain(name));

/** What a sampler's name says: the sampler if it is known here, and the schedule's name if one stands behind it. */
export interface NamedSampler {
  readonly samplerName: SamplerName | undefined;
  readonly schedule: string | undefined;
}

/** Takes a sampler's name apart, in any known spelling: `DPM++ 2M Karras`, `euler_ancestral_karras`, `euler_a karras`. */
export function readSampler(name: string): NamedSampler {
  const whole = plain(name);
  const exact = SAMPLERS.get(whole);
  if (exact) return { samplerName: exact, schedule: undefined };
  const schedule = SUFFIXES.find((suffix) => whole.endsWith(` ${suffix}`));
  const before = schedule === undefined ? whole : whole.slice(0, -schedule.length - 1);
  return { samplerName: SAMPLERS.get(plain(before)), schedule };
}
