import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { epsSchedule } from '../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../src/engine/noise/flow-schedule.ts';
import { SCHEDULER_NAMES } from '../../src/engine/noise/names.ts';
import type { NoiseSchedule } from '../../src/engine/noise/noise-schedule.ts';
import { buildSigmas } from '../../src/engine/noise/sigmas.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { relativeError, Tally, type Section } from './section.ts';

const TOLERANCE = 3e-7;
const FLUX_DEV_SHIFT = 1.15;

interface ModelFacts {
  sigma_min: number;
  sigma_max: number;
  table_len: number;
  model_sampling: string;
  settings: { shift?: number; multiplier?: number };
  percent_to_sigma: Record<string, number>;
}

/** Schedules, timesteps, tables and conversions of every model in `sigmas/`; timesteps of eps models are exact. */
export const sigmas: Section = async (folder, options) => {
  const { models } = JSON.parse(await readFile(join(folder, 'sigmas', 'sigmas.json'), 'utf8')) as {
    models: Record<string, ModelFacts>;
  };
  const golden = openGolden(join(folder, 'sigmas', 'sigmas.safetensors'));
  const schedules = new Map(Object.entries(models).map(([name, facts]) => [name, scheduleOf(facts)]));
  const tally = new Tally(options);

  for (const key of golden.keys().filter((key) => !isInput(key))) {
    const exact = key.includes('_timesteps/');
    await tally.check(key, exact ? 0 : TOLERANCE, () =>
      relativeError(compute(key, golden, schedules), exact ? golden.i32(key) : golden.f32(key)),
    );
  }
  for (const [name, facts] of Object.entries(models)) {
    const schedule = schedules.get(name);
    const add = (fact: string, found: number | undefined, expected: number) => {
      tally.add(`${name}/${fact}`, relativeError([found ?? NaN], [expected]), TOLERANCE);
    };
    add('sigma_min', schedule?.sigmaMin, facts.sigma_min);
    add('sigma_max', schedule?.sigmaMax, facts.sigma_max);
    add('table_len', schedule?.table.length, facts.table_len);
    for (const [percent, sigma] of Object.entries(facts.percent_to_sigma))
      add(`percent_to_sigma/${percent}`, schedule?.percentToSigma(Number(percent)), sigma);
  }
  return tally.result;
};

function scheduleOf({ model_sampling, settings, table_len }: ModelFacts): NoiseSchedule | undefined {
  switch (model_sampling) {
    case 'ModelSamplingDiscrete':
      return epsSchedule();
    case 'ModelSamplingDiscreteFlow':
      if ((settings.multiplier ?? 1) !== 1) return undefined;
      return flowSchedule({ shift: settings.shift ?? 1, entries: table_len });
    case 'ModelSamplingFlux':
      return flowSchedule({ shift: Math.exp(settings.shift ?? FLUX_DEV_SHIFT), entries: table_len });
    default:
      return undefined;
  }
}

const isInput = (key: string): boolean => /\/conv\/(sigma|timestep)_in$/.test(key);

/** Our vector for a key: f32, or i32 for timesteps. Throws where there is none. */
function compute(
  key: string,
  golden: GoldenFile,
  schedules: ReadonlyMap<string, NoiseSchedule | undefined>,
): Float32Array | Int32Array {
  const [model = '', kind = '', ...rest] = key.split('/');
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
