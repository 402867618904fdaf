import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RgbImage } from '../src/engine/pipeline/types.ts';
import { SAMPLER_NAMES, type SamplerName } from '../src/engine/samplers/names.ts';
import { openArtist, type Drawing, type WordBounds } from './starter/artist.ts';
import { Counts } from './starter/counts.ts';
import { openJudge } from './starter/judge.ts';
import { readSource, resized, writeSheet } from './starter/pictures.ts';
import { measureStrength } from './starter/strength.ts';
import { checkColours, edgeCorrelation, mirrored, readTruth, SIZE, type Expected } from './starter/truth.ts';

/**
 * Measures how often the bundled model draws what the prompt says, judged with the knowledge of the generator
 * of its training pictures:
 * `npm run bench -- starter [--part prompts,edits,strength,samplers,limits] [--model <checkpoint>] [--size
 * 256] [--cfg 6] [--limit n] [--truth <folder>] [--words 345,445] [--samplers <names>] [--steps n]
 * [--sheets <folder>]`
 *
 * prompts: named colours and things, from noise, 20 steps.
 * edits: img2img at denoise 0.6 with a prompt that describes the source's scene except for one attribute.
 * strength: 32 pairs of source and prompt at rising denoise with the API's default sampler and scheduler, at
 * cfg 6 and 1.5.
 * samplers: the first six prompts with each sampler. `places` counts pictures with the right sky and ground,
 * or background; `everything` those that also show the thing in its colour.
 * limits: the distance of deterministic samplers from their common solution (heun, 150 steps), as root mean
 * square of 0..255.
 *
 * Prompts and seeds are fixed and used by this bench only. tools/starter/truth.py writes larger sets for
 * `--truth`. `--words` weights the prompt by timestep in the sampler, for models whose attentions were not
 * taught to: from 0 at the first timestep to 1 at the second. `--samplers` and `--steps` are those of the part
 * samplers.
 */

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'prompts,edits,strength,samplers,limits' },
    model: { type: 'string', default: join(import.meta.dirname, '../assets/models/starter.safetensors') },
    size: { type: 'string', default: String(SIZE) },
    cfg: { type: 'string' },
    limit: { type: 'string', default: '1000' },
    truth: { type: 'string' },
    words: { type: 'string' },
    samplers: { type: 'string', default: SAMPLER_NAMES.join() },
    steps: { type: 'string' },
    sheets: { type: 'string' },
  },
});
const parts = values.part.split(',');
const size = Number(values.size);
const limit = Number(values.limit);
const usual = {
  steps: 20,
  cfg: Number(values.cfg ?? 6),
  samplerName: 'dpmpp_2m',
  scheduler: 'karras',
} as const;

/** Number of prompts per sampler, and how many of them must show everything that is named. */
const SAMPLED = 6;
const ENOUGH = 3;

/** Settings of individual samplers; all others use karras and 20 steps. */
const NATURAL: Partial<Record<SamplerName, Partial<Drawing>>> = {
  euler_cfg_pp: { cfg: 1.5 }, // CFG++ has another scale, for which 6 is far too high
  euler_ancestral_cfg_pp: { cfg: 1.5 },
  dpm_fast: { steps: 30 }, // these three overshoot with 20 steps and cfg 6
  ipndm: { steps: 30 },
  dpm_2_ancestral: { steps: 40 },
  lcm: { scheduler: 'sgm_uniform' },
  ddpm: { scheduler: 'normal' },
  ddim: { scheduler: 'normal' },
  uni_pc: { scheduler: 'normal' },
  uni_pc_bh2: { scheduler: 'normal' },
};

/** Samplers that converge to the solution of the ODE. */
const NOISELESS: readonly SamplerName[] = [
  ...(['euler', 'heun', 'heunpp2', 'dpm_2', 'lms', 'dpm_fast', 'dpm_adaptive', 'dpmpp_2m'] as const),
  ...(['ipndm', 'ipndm_v', 'deis', 'ddim', 'uni_pc', 'uni_pc_bh2'] as const),
];

const truth = await readTruth(values.truth);
const judge = await openJudge(truth);
const draw = await openArtist(values.model, size, readWords(values.words));

if (parts.includes('prompts')) await benchPrompts();
if (parts.includes('edits')) await benchEdits();
if (parts.includes('strength')) await benchStrength();
if (parts.includes('samplers')) await benchSamplers();
if (parts.includes('limits')) await benchLimits();

async function benchPrompts(): Promise<void> {
  const counts = new Counts();
  const pictures: RgbImage[] = [];
  const seconds: number[] = [];
  for (const expected of truth.prompts.slice(0, limit)) {
    const drawn = await draw({ ...usual, ...expected });
    const picture = await atTruthSize(drawn.picture);
    const { colours, thing } = await check(picture, expected);
    for (const [name, right] of Object.entries<boolean>({ ...colours })) {
      counts.add(name, right);
      counts.add('all colours', right);
    }
    counts.add('things', thing);
    pictures.push(picture);
    seconds.push(drawn.seconds);
  }
  seconds.sort((a, b) => a - b);
  const median = Number(seconds[seconds.length >> 1]!.toFixed(2));
  console.log(
    JSON.stringify({ part: 'prompts', pictures: pictures.length, ...counts.shares(), seconds: median }),
  );
  await writeSheet(values.sheets, 'prompts', pictures, 12);
}

async function benchEdits(): Promise<void> {
  const counts = new Counts();
  const sheet: RgbImage[] = [];
  const missed: number[] = [];
  let [kept, chance] = [0, 0];
  const edits = truth.sources.slice(0, limit);
  for (const [i, edit] of edits.entries()) {
    const source = await readSource(truth, i);
    const drawn = await draw({ ...usual, ...edit, source: await resized(source, size), denoise: 0.6 });
    const picture = await atTruthSize(drawn.picture);
    const { colours, side } = await check(picture, edit, edit.side);
    const changed = edit.changed === 'time' ? colours.sky : colours[edit.changed];
    counts.add('changed', changed === true);
    if (!changed) missed.push(i);
    counts.add(`changed ${edit.changed}`, changed === true);
    if (edit.background === undefined) counts.add('same side', side === edit.side);
    kept += edgeCorrelation(source, picture) / edits.length;
    chance += edgeCorrelation(mirrored(source), picture) / edits.length;
    sheet.push(source, picture);
  }
  const round = (value: number) => Number(value.toFixed(3));
  const outlines = { edgeCorrelation: round(kept), withMirroredSource: round(chance) };
  console.log(
    JSON.stringify({ part: 'edits', pictures: edits.length, ...counts.shares(), ...outlines, missed }),
  );
  await writeSheet(values.sheets, 'edits', sheet, 8);
}

async function benchStrength(): Promise<void> {
  for (const cfg of values.cfg === undefined ? [6, 1.5] : [Number(values.cfg)]) {
    const { report, sheet } = await measureStrength({ draw, judge, truth, size, limit }, cfg);
    console.log(JSON.stringify({ part: 'strength', cfg, ...report }));
    await writeSheet(values.sheets, `strength-${cfg}`, sheet, 12);
  }
}

async function benchSamplers(): Promise<void> {
  const samplers = values.samplers.split(',').map((name) => {
    const known = SAMPLER_NAMES.find((sampler) => sampler === name);
    if (known === undefined) throw new Error(`--samplers: "${name}" is no sampler`);
    return known;
  });
  const given = values.steps === undefined ? {} : { steps: Number(values.steps) };
  const few: string[] = [];
  const sheet: RgbImage[] = [];
  const prompts = truth.prompts.slice(0, Math.min(SAMPLED, limit));
  for (const samplerName of samplers) {
    let [places, everything] = [0, 0];
    for (const expected of prompts) {
      const { picture } = await draw({
        ...usual,
        ...expected,
        samplerName,
        ...NATURAL[samplerName],
        ...given,
      });
      const shown = await atTruthSize(picture);
      const { colours, thing } = await check(shown, expected);
      const inPlace = [colours.sky, colours.ground, colours.background].every((right) => right !== false);
      places += Number(inPlace);
      everything += Number(inPlace && colours.color && thing);
      sheet.push(shown);
    }
    console.log(JSON.stringify({ part: 'samplers', samplerName, of: prompts.length, places, everything }));
    if (everything < ENOUGH) few.push(samplerName);
  }
  console.log(JSON.stringify({ part: 'samplers', pass: samplers.length - few.length, others: few }));
  await writeSheet(values.sheets, 'samplers', sheet, 12);
}

async function benchLimits(): Promise<void> {
  const expected = truth.prompts[1]!;
  for (const cfg of [2, 6]) {
    const solution = await draw({ ...usual, ...expected, cfg, samplerName: 'heun', steps: 150 });
    for (const samplerName of NOISELESS) {
      const apart: Record<string, number> = {};
      for (const steps of [20, 80]) {
        const { picture } = await draw({ ...usual, ...expected, cfg, samplerName, steps });
        apart[`${steps} steps`] = Number(distance(picture, solution.picture).toFixed(1));
      }
      console.log(JSON.stringify({ part: 'limits', cfg, samplerName, ...apart }));
    }
  }
}

function readWords(bounds: string | undefined): WordBounds | undefined {
  if (bounds === undefined) return undefined;
  const [quiet = NaN, speaking = NaN, ...rest] = bounds.split(',').map(Number);
  if (!(quiet < speaking) || rest.length > 0)
    throw new Error(`--words: expected two rising timesteps, such as 345,445, found "${bounds}"`);
  return { quiet, speaking };
}

/** Root mean square difference. */
function distance(a: RgbImage, b: RgbImage): number {
  return Math.sqrt(a.data.reduce((sum, value, i) => sum + (value - b.data[i]!) ** 2, 0) / a.data.length);
}

/** Judges a picture. `side` is the known side of the thing; the judge's answer is used if absent. */
async function check(picture: RgbImage, expected: Expected, side?: 'left' | 'right') {
  const verdict = await judge(picture);
  return {
    colours: checkColours(picture, expected, side ?? verdict.side, truth),
    thing: verdict.thing === expected.thing,
    side: verdict.side,
  };
}

function atTruthSize(picture: RgbImage): Promise<RgbImage> {
  return resized(picture, SIZE);
}
