import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRECISIONS, type Device, type Precision } from '../../src/engine/runtime/device.ts';
import { openDevice } from '../../src/engine/runtime/devices.ts';
import { UNDECIDED } from './pipeline.ts';
import { Tally, type SectionResult } from './section.ts';
import { SECTIONS, type SectionName } from './sections.ts';
import { findTokenizer } from './t5-tokens.ts';
import { convolvingByTiles, TILES, type Tiles } from './tiles.ts';

/** `npm run -s conformance -- <golden folder> [--only a,b] [--device cuda] [--precision f16] [--tiles F4] [--json] …` */

const USAGE = `usage: npm run -s conformance -- <golden folder> [--only ${Object.keys(SECTIONS).join(',')}] [--device cpu|cuda|webgpu|…] [--precision ${PRECISIONS.join('|')}] [--tiles ${TILES.join('|')}] [--golden <folder with the base checkpoints>] [--t5-tokenizer <tokenizer.json>] [--json]`;

interface Options {
  readonly folder: string;
  readonly sections: readonly SectionName[];
  /** Whether the sections were named. */
  readonly asked: boolean;
  readonly golden: string | undefined;
  readonly t5Tokenizer: string | undefined;
  readonly device: string;
  readonly precision: Precision;
  /** How every convolution is made that can be; as the device's profile says if absent. */
  readonly tiles: Tiles | undefined;
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      golden: { type: 'string' },
      't5-tokenizer': { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      precision: { type: 'string', default: 'auto' },
      tiles: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new Error(USAGE);
  const names = Object.keys(SECTIONS) as SectionName[];
  const wanted = values.only?.split(',') ?? names;
  const unknown = wanted.filter((name) => !(names as string[]).includes(name));
  if (unknown.length > 0) throw new Error(`--only: no section "${unknown.join('", "')}"\n${USAGE}`);
  const precision = PRECISIONS.find((known) => known === values.precision);
  if (!precision)
    throw new Error(`--precision: expected ${PRECISIONS.join(', ')}, got "${values.precision}"\n${USAGE}`);
  const tiles = TILES.find((known) => known === values.tiles);
  if (values.tiles !== undefined && !tiles)
    throw new Error(`--tiles: expected ${TILES.join(', ')}, got "${values.tiles}"\n${USAGE}`);
  return {
    folder,
    device: values.device,
    precision,
    tiles,
    sections: names.filter((name) => wanted.includes(name)),
    asked: values.only !== undefined,
    golden: values.golden,
    t5Tokenizer:
      values['t5-tokenizer'] ?? findTokenizer(folder) ?? (values.golden && findTokenizer(values.golden)),
    json: values.json,
  };
}

/** Runs the sections that the folder has; one that was asked for by name must be there. */
async function run(
  { folder, sections, asked, golden, t5Tokenizer }: Options,
  device: Device,
  report: Report,
): Promise<void> {
  const isThere = (name: string) => existsSync(join(folder, name));
  const missing = sections.filter((name) => !isThere(name));
  if (asked && missing.length > 0) throw new Error(`${folder}: there is no folder "${missing.join('", "')}"`);
  if (missing.length === sections.length)
    throw new Error(`${folder}: expected folders ${sections.join(', ')}, found none of them`);
  for (const name of sections) {
    const options = {
      device,
      ...(golden !== undefined && { golden }),
      ...(t5Tokenizer !== undefined && { t5Tokenizer }),
    };
    if (!isThere(name)) report(name, new Tally().result, 'not in this folder');
    else report(name, await SECTIONS[name](folder, options).catch(unreadable));
  }
}

/** A section that could not be read at all is one failed case, so that it does not hide the others. */
function unreadable(failure: unknown): SectionResult {
  const tally = new Tally();
  tally.add('*', Infinity, 0, failure instanceof Error ? failure.message : String(failure));
  return tally.result;
}

const describeProfile = ({ profile: { compute, attention, fused } }: Device): string =>
  [compute, `${attention} attention`, ...(fused ?? [])].join(', ');

type Report = (name: SectionName, result: SectionResult, note?: string) => void;

const verdict = ({ cases, failed, worst, skipped, wanted }: SectionResult): string => {
  const ran = `${cases} cases, ${failed} failed, worst error ${worst.toFixed(3)} of its tolerance`;
  return skipped === 0 ? ran : `${ran}; ${skipped} skipped for want of ${[...wanted].join(', ')}`;
};

/** Failures of cases that their tolerance can decide; the others are printed and counted with them. */
const decidedFailures = ({ failures, causes }: SectionResult): string[] =>
  failures.filter((id) => !causes.get(id)?.includes(UNDECIDED));

const failuresOf = (name: string, { failures, causes }: SectionResult): string[] =>
  failures.map((id) => `          ✗ ${name} ${id} ${causes.get(id) ?? ''}`.trimEnd());

/** The JSON form of a result. It knows no Infinity and no NaN: what could not be computed is off by the largest number. */
const toJson = ({ cases, failed, worst, failures, skipped }: SectionResult) => ({
  cases,
  failed,
  worst: Number.isFinite(worst) ? worst : Number.MAX_VALUE,
  failures,
  skipped,
});

try {
  const options = readOptions(process.argv.slice(2));
  const results: Partial<Record<SectionName, ReturnType<typeof toJson>>> = {};
  const opened = await openDevice(options.device, options.precision);
  const { tiles } = options;
  const device = tiles ? { ...opened, profile: convolvingByTiles(opened.profile, tiles) } : opened;
  if (!options.json && options.device !== 'cpu')
    console.log(`on ${device.name}: ${describeProfile(device)}, ${device.reason}`);
  await run(options, device, (name, result, note) => {
    results[name] = toJson(result);
    if (decidedFailures(result).length > 0) process.exitCode = 1;
    if (!options.json) console.log(name.padEnd(9), note ?? verdict(result));
    for (const failure of failuresOf(name, result)) (options.json ? console.error : console.log)(failure);
  });
  if (options.json) console.log(JSON.stringify(results));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
