import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../src/engine/errors.ts';
import { epsSchedule } from '../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../src/engine/noise/flow-schedule.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { sample, type SampleOptions, type SampleStep } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { relativeError, Tally, type Section } from './section.ts';
import { toyNetwork, type ToyOptions } from './toy-network.ts';

/** One entry of `samplers.json`. */
interface SamplerCase {
  readonly id: string;
  readonly param: keyof typeof PARAMETERIZATIONS;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly denoise: number;
  readonly cfg: number;
  readonly seed: string;
  readonly shape: SampleOptions['shape'];
  /** Key of the input latent. */
  readonly latent: string;
  /** Key of the start noise; null for none. */
  readonly noise: string | null;
  readonly model_calls: number;
  readonly batch: readonly number[];
  readonly callback_steps: readonly number[];
  readonly finite: boolean;
  readonly start_step?: number;
  readonly last_step?: number;
  readonly force_full_denoise?: boolean;
  readonly noise_mask?: string;
}

interface Manifest {
  readonly k_cond: number;
  readonly k_uncond: number;
  readonly tscale: Readonly<Record<SamplerCase['param'], number>>;
  readonly cases: readonly SamplerCase[];
}

const PARAMETERIZATIONS = {
  eps: { schedule: epsSchedule(), latentFormat: { scale: 0.18215, shift: 0 } },
  flow: { schedule: flowSchedule(), latentFormat: { scale: 0.3611, shift: 0.1159 } },
};

const TOLERANCE = 1e-5;
/** Brownian query times are rounded to six decimals: one ulp of σ can move a query to another node. */
const SDE_TOLERANCE = 2e-3;
const isSde = (sampler: SamplerName): boolean => /^dpmpp_(2m_|3m_)?sde/.test(sampler);

/** Samplers whose reference hands its callback the start x at every step. */
export const REPORTS_START: readonly SamplerName[] = ['ipndm', 'ipndm_v', 'deis'];

/** Every case of `samplers/`: the result, the trace, the timesteps and the number of evaluations, as far as recorded. */
export const samplers: Section = async (folder, options) => {
  const golden = openGolden(join(folder, 'samplers/samplers.safetensors'));
  const manifest = JSON.parse(readFileSync(join(folder, 'samplers/samplers.json'), 'utf8')) as Manifest;
  const tally = new Tally(options);
  for (const entry of manifest.cases) {
    const k = { positive: manifest.k_cond, negative: manifest.k_uncond };
    await tally.check(entry.id, isSde(entry.sampler) ? SDE_TOLERANCE : TOLERANCE, () =>
      caseError(entry, golden, { k, timestepScale: manifest.tscale[entry.param] }),
    );
  }
  return tally.result;
};

/** The largest relative error of one case. Throws when its steps or evaluations are others than recorded. */
async function caseError(
  entry: SamplerCase,
  golden: GoldenFile,
  toyOptions: Omit<ToyOptions, 'shape'>,
): Promise<number> {
  const { shape } = entry;
  const toy = toyNetwork({ ...toyOptions, shape });
  const latent = golden.f32(entry.latent);
  const reported: SampleStep[] = [];
  const { schedule, latentFormat } = PARAMETERIZATIONS[entry.param];
  const plan = planSampling({
    schedule,
    samplerName: entry.sampler,
    scheduler: entry.scheduler,
    steps: entry.steps,
    denoise: entry.denoise,
    ...(entry.start_step !== undefined && { startStep: entry.start_step }),
    ...(entry.last_step !== undefined && { lastStep: entry.last_step }),
    ...(entry.force_full_denoise !== undefined && { forceFullDenoise: entry.force_full_denoise }),
  });
  const run = sample({
    plan,
    network: toy.network,
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent,
    shape,
    latentFormat,
    noise: entry.noise === null ? new Float32Array(latent.length) : golden.f32(entry.noise),
    ...(entry.noise_mask !== undefined && { mask: readMask(golden, entry.noise_mask) }),
    onStep: (step) => reported.push(step),
  });
  // Nothing to compare with: a picture is better than none, an error better than a black one.
  if (!entry.finite) return run.then((final) => (allFinite(final) ? 0 : NaN), isDeviceError);
  const final = await run;

  expectSame('evaluations', toy.timesteps.length, entry.model_calls);
  expectSame('batch sizes', [...new Set(toy.batchSizes)], entry.batch);
  expectSame(
    'reported steps',
    reported.map(({ index }) => index),
    entry.callback_steps,
  );
  expectSame('announced steps', reported.at(-1)?.totalSteps ?? 0, reported.length);
  if (entry.sampler !== 'dpm_adaptive') expectSame('planned steps', plan.totalSteps, reported.length);

  const found: Readonly<Record<string, () => ArrayLike<number>>> = {
    final: () => final,
    x: () =>
      reported.flatMap(({ x }) => Array.from(REPORTS_START.includes(entry.sampler) ? reported[0]!.x : x)),
    denoised: () => reported.flatMap(({ denoised }) => Array.from(denoised)),
    t_called: () => toy.timesteps,
  };
  const errors = Object.entries(found).map(([name, values]) => {
    const key = recordedKey(golden, `case/${entry.id}/${name}`);
    return key === undefined ? 0 : relativeError(values(), golden.f32(key));
  });
  return Math.max(...errors);
}

/** Where the ComfyUI generations differ, the newer is meant. */
function recordedKey(golden: GoldenFile, key: string): string | undefined {
  return [`${key}_seedplus1`, key].find((candidate) => golden.has(candidate));
}

function readMask(golden: GoldenFile, key: string) {
  const [height, width] = golden.shape(key).slice(-2);
  return { width: width!, height: height!, data: golden.f32(key) };
}

const allFinite = (values: Float32Array): boolean => values.every(Number.isFinite);

/** The error of a run that ended in one: none if it says that numbers overflowed. */
function isDeviceError(failure: unknown): number {
  if (failure instanceof DeviceError) return 0;
  throw failure;
}

function expectSame(what: string, found: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is}, expected ${should}`);
}
