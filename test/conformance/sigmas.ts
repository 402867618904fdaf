import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALIGNED_LEVELS, alignedLevels } from '../../src/engine/noise/align-your-steps.ts';
import { epsSchedule } from '../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../src/engine/noise/flow-schedule.ts';
import { SCHEDULER_NAMES } from '../../src/engine/noise/names.ts';
import type { NoiseSchedule } from '../../src/engine/noise/noise-schedule.ts';
import { buildSigmas } from '../../src/engine/noise/sigmas.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { relativeError, Tally, type Section, type SectionOptions, type SectionResult } from './section.ts';

const TOLERANCES = { sigmas: 3e-7, 'sigmas-next': 2e-6 };
/** At its largest levels, where the arctangent is all but flat, f32 leaves `kl_optimal` this little. */
const ZERO_SNR_KL_TOLERANCE = 5e-4;
const FLUX_DEV_MU = 1.15;
const SD3_MULTIPLIER = 1000;

/** The kind of sampling model is told by its class in one generation of records, and by its prediction in the next. */
interface ModelFacts {
  sigma_min: number;
  sigma_max: number;
  table_len: number;
  model_sampling?: string;
  prediction?: string;
  settings: { shift?: number; multiplier?: number; zsnr?: boolean };
  percent_to_sigma: Record<string, number>;
}

/** Schedules, timesteps, tables and conversions of every model in `sigmas/`; timesteps of eps models are exact. */
export const sigmas: Section = (folder, options) => recordedSigmas('sigmas', folder, options);

/** The same of `sigmas-next/`. */
export const sigmasNext: Section = (folder, options) => recordedSigmas('sigmas-next', folder, options);

async function recordedSigmas(
  section: keyof typeof TOLERANCES,
  folder: string,
  options: SectionOptions,
): Promise<SectionResult> {
  const { models } = JSON.parse(await readFile(join(folder, section, `${section}.json`), 'utf8')) as {
    models: Record<string, ModelFacts>;
  };
  const golden = openGolden(join(folder, section, `${section}.safetensors`));
  const schedules = new Map(Object.entries(models).map(([name, facts]) => [name, scheduleOf(facts)]));
  const tally = new Tally(options);

  for (const key of golden.keys().filter((key) => !isInput(key))) {
    const exact = key.includes('_timesteps/');
    const tolerance = key.startsWith('v_zsnr/kl_optimal/') ? ZERO_SNR_KL_TOLERANCE : TOLERANCES[section];
    await tally.check(key, exact ? 0 : tolerance, () => {
      const found = compute(key, golden, schedules);
      // One step of kl_optimal is 0/0 there, and the highest level here.
      if (!isKnown(golden, key)) return found.every(Number.isFinite) ? 0 : NaN;
      return relativeError(found, exact ? golden.i32(key) : golden.f32(key));
    });
  }
  for (const [name, facts] of Object.entries(models)) {
    const schedule = schedules.get(name);
    const add = (fact: string, found: number | undefined, expected: number) => {
      tally.add(`${name}/${fact}`, relativeError([found ?? NaN], [expected]), TOLERANCES[section]);
    };
    add('sigma_min', schedule?.sigmaMin, facts.sigma_min);
    add('sigma_max', schedule?.sigmaMax, facts.sigma_max);
    add('table_len', schedule?.table.length, facts.table_len);
    for (const [percent, sigma] of Object.entries(facts.percent_to_sigma))
      add(`percent_to_sigma/${percent}`, schedule?.percentToSigma(Number(percent)), sigma);
  }
  return tally.result;
}

function scheduleOf({
  model_sampling,
  prediction,
  settings,
  table_len,
}: ModelFacts): NoiseSchedule | undefined {
  switch (model_sampling ?? prediction) {
    case 'ModelSamplingDiscrete':
    case 'eps':
    case 'v':
      return epsSchedule(prediction === 'v' ? 'v' : 'eps', { zeroTerminalSnr: settings.zsnr ?? false });
    case 'ModelSamplingDiscreteFlow':
    case 'flow':
      return flowSchedule({
        shift: settings.shift ?? 1,
        multiplier: settings.multiplier ?? SD3_MULTIPLIER,
        entries: table_len,
      });
    case 'ModelSamplingFlux':
    case 'flux':
      return flowSchedule({ mu: settings.shift ?? FLUX_DEV_MU, entries: table_len });
    default:
      return undefined;
  }
}

/** Whether the levels that were recorded, or were asked for the timesteps, are numbers. */
function isKnown(golden: GoldenFile, key: string): boolean {
  const levels = key.replace('_timesteps/', '/');
  return !golden.has(levels) || golden.f32(levels).every(Number.isFinite);
}

const isInput = (key: string): boolean => /\/conv\/(sigma|timestep)_in$/.test(key);

/** Our vector for a key: f32, or i32 for timesteps. Throws where there is none. */
function compute(
  key: string,
  golden: GoldenFile,
  schedules: ReadonlyMap<string, NoiseSchedule | undefined>,
): Float32Array | Int32Array {
  const [model = '', kind = '', ...rest] = key.split('/');
  if (model === 'align_your_steps') return aligned(kind, rest.join('/'));
  const schedule = schedules.get(model.replace(/_timesteps$/, ''));
  if (!schedule) throw new Error(`sigmas.json describes no schedule "${model}" that is known`);
  if (kind === 'table' && rest[0] === 'sigmas') return schedule.table;
  if (kind === 'table') return schedule.table.map((_, i) => Math.log(schedule.sigma(i)));
  if (kind === 'conv' && rest[0] === 'timestep_out')
    return golden.f32(`${model}/conv/sigma_in`).map(schedule.timestep);
  if (kind === 'conv' && rest[0] === 'sigma_out')
    return golden.f32(`${model}/conv/timestep_in`).map(schedule.sigma);
  const scheduler = SCHEDULER_NAMES.find((name) => name === kind);
  const setting = /^steps(\d+)\/denoise([^/]+)\/discard([01])$/.exec(rest.join('/'));
  if (!scheduler || !setting) throw new Error('this key says nothing about a schedule');
  const found = buildSigmas({
    schedule,
    scheduler,
    steps: Number(setting[1]),
    denoise: Number(setting[2]),
    discardPenultimate: setting[3] === '1',
  });
  return model.endsWith('_timesteps') ? Int32Array.from(found.subarray(0, -1), schedule.timestep) : found;
}

/** The node of that name counts denoise otherwise: the last round(steps · denoise) of the steps. */
function aligned(network: string, setting: string): Float32Array {
  const found = Object.entries(ALIGNED_LEVELS).find(([name]) => name === network);
  const [, steps, denoise] = /^steps(\d+)\/denoise(.+)$/.exec(setting) ?? [];
  if (!found || steps === undefined) throw new Error('this key says nothing about aligned steps');
  const levels = [...alignedLevels(found[1], Number(steps)), 0];
  return Float32Array.from(levels.slice(-1 - Math.round(Number(steps) * Number(denoise))));
}
